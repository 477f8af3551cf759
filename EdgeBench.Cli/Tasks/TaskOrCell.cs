using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Tasks;

/// <summary>A task, or one cell of it, as it is typed.</summary>
/// <param name="Task">The task.</param>
/// <param name="Cell">The cell's number, or null for all of the task.</param>
internal sealed record TaskOrCell(TaskId Task, int? Cell)
{
    /// <summary>The argument that takes one.</summary>
    /// <param name="name">What help calls it.</param>
    public static Argument<TaskOrCell> CreateArgument(string name) => new(name)
    {
        Description = "A task's id, as 'edgebench task list' shows it, or one of its cells: ID/NUMBER",
        CustomParser = Parse,
    };

    /// <summary>The cells of a task that are meant.</summary>
    /// <exception cref="CommandException">The task has no such cell.</exception>
    public IReadOnlyList<CellId> In(TaskState state) => Cell is not { } number ? [.. state.Cells.Select(cell => cell.Cell.Id)]
        : state.Cells.FirstOrDefault(cell => cell.Cell.Id.Number == number) is { } found ? [found.Cell.Id]
        : throw new CommandException(ExitCode.Usage, $"task {Task} has no cell {number}; its cells are 1 to {state.Cells.Length}");

    /// <inheritdoc />
    public override string ToString() => Cell is { } number ? $"{Task}/{number}" : Task.Value;

    private static TaskOrCell? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TaskId.TryParse(text, null, out var task))
        {
            return new TaskOrCell(task, null);
        }

        if (CellId.TryParse(text, null, out var cell))
        {
            return new TaskOrCell(cell.Task, cell.Number);
        }

        result.AddError($"'{text}' is no task id, and no cell as ID/NUMBER: 'edgebench task list' shows the tasks");
        return null;
    }
}

using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Tasks;
using Spectre.Console;

namespace EdgeBench.Cli.Tasks;

/// <summary>Follows a task on the screen to its end.</summary>
internal static class TaskWatch
{
    /// <summary>Follows a task: on a terminal a table that fills, elsewhere a line for each cell as it ends.</summary>
    /// <returns>The task at its end.</returns>
    /// <exception cref="CommandException">The server does not answer any more.</exception>
    public static async Task<TaskState> FollowAsync(
        EdgeBenchClient client, TaskId task, Screen screen, CancellationToken cancellationToken)
    {
        if (!screen.IsTerminal)
        {
            return await FollowAsync(client, task, update => Report(update, screen), cancellationToken).ConfigureAwait(false);
        }

        return await screen.LiveAsync(refresh => FollowAsync(client, task, update => refresh(Progress(update, screen)), cancellationToken))
            .ConfigureAwait(false);
    }

    /// <summary>The exit code of a task that has ended.</summary>
    public static ExitCode CodeOf(TaskState state)
    {
        var failed = state.Cells.Where(cell => cell.Phase == CellPhase.Failed).ToList();
        return failed switch
        {
            [] => ExitCode.Done,
            _ when failed.All(cell => cell.Failure!.Kind == FailureKind.ModelRefused) => ExitCode.ModelNotAccepted,
            _ => ExitCode.Failed,
        };
    }

    private static async Task<TaskState> FollowAsync(
        EdgeBenchClient client, TaskId task, Action<TaskUpdate> show, CancellationToken cancellationToken)
    {
        var state = TaskState.None;
        await foreach (var answer in client.WatchAsync(task, cancellationToken).ConfigureAwait(false))
        {
            var update = answer.OrFail();
            state = update.State;
            show(update);
        }

        return state;
    }

    private static void Report(TaskUpdate update, Screen screen)
    {
        foreach (var happened in update.Events.Select(numbered => numbered.Event))
        {
            var text = happened switch
            {
                TaskEvents.CellMeasured measured =>
                    $"{NameOf(update, measured.Attempt.Cell)}: {Figures.Milliseconds(measured.Result.Latency.Mean)} ms",
                TaskEvents.CellReused reused =>
                    $"{NameOf(update, reused.Cell)}: {Figures.Milliseconds(reused.Result.Latency.Mean)} ms, reused from {reused.From}",
                TaskEvents.AttemptFailed failed => $"{NameOf(update, failed.Attempt.Cell)}: tried again: {failed.Failure.Message}",
                TaskEvents.CellFailed failed => $"{NameOf(update, failed.Cell)}: failed: {failed.Failure.Message}",
                _ => null,
            };
            if (text is not null)
            {
                screen.Note(text);
            }
        }
    }

    private static Table Progress(TaskUpdate update, Screen screen)
    {
        var table = screen.CreateTable("Model", "Device", "Runtime", "State", ">Mean ms");
        foreach (var cell in update.State.Cells)
        {
            var progress = update.Progress.FirstOrDefault(at => at.Cell == cell.Cell.Id);
            var state = cell.Phase switch
            {
                CellPhase.Running or CellPhase.Assigned when progress is { Runs: > 0 } => $"{progress.Phase} ({progress.Runs} runs)",
                CellPhase.Running or CellPhase.Assigned when progress is not null => progress.Phase,
                CellPhase.Pending when update.State.Model(cell.Cell.Model, cell.Cell.Format) is null => "converting",
                var phase => phase.ToString().ToLowerInvariant(),
            };
            table.AddRow(
                TaskReport.NameOf(update.State, cell).EscapeMarkup(), cell.Cell.DeviceName.Value.EscapeMarkup(),
                cell.Cell.Runtime.EscapeMarkup(), state.EscapeMarkup(),
                cell.Result is { } result ? Figures.Milliseconds(result.Latency.Mean) : "");
        }

        return table;
    }

    private static string NameOf(TaskUpdate update, CellId id)
    {
        var cell = update.State[id];
        return $"{TaskReport.NameOf(update.State, cell)} on {cell.Cell.DeviceName}, {cell.Cell.Runtime}";
    }
}

using EdgeBench.Cli.Planning;
using EdgeBench.Cli.Results;
using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using Spectre.Console;

namespace EdgeBench.Cli.Tasks;

/// <summary>Follows a task on the screen to its end.</summary>
internal static class TaskWatch
{
    /// <summary>What else a terminal must have room for: the table's frame and head, and the line below it.</summary>
    private const int OtherLines = 8;

    /// <summary>Follows a task: on a terminal a table that fills, elsewhere a line for each cell as it ends.</summary>
    /// <param name="client">The server.</param>
    /// <param name="task">The task.</param>
    /// <param name="plan">What it was expected to take, or null.</param>
    /// <param name="screen">Where.</param>
    /// <param name="cancellationToken">Ends the following, not the task.</param>
    /// <returns>The task at its end.</returns>
    /// <exception cref="CommandException">The server does not answer any more.</exception>
    public static async Task<TaskState> FollowAsync(
        EdgeBenchClient client, TaskId task, PricedPlan? plan, Screen screen, CancellationToken cancellationToken)
    {
        var remaining = new RemainingTime(plan, TimeProvider.System);
        if (!screen.IsTerminal)
        {
            return await FollowAsync(client, task, update => Report(update, remaining, screen), cancellationToken).ConfigureAwait(false);
        }

        return await screen.LiveAsync(
            refresh => FollowAsync(client, task, update => refresh(Progress(update, remaining.Of(update), screen)), cancellationToken))
            .ConfigureAwait(false);
    }

    /// <summary>
    /// The exit code of a task that has ended: what failed counts more than what is invalid, and a suspect result is one all the same.
    /// </summary>
    public static ExitCode CodeOf(TaskState state)
    {
        var failed = state.Cells.Where(cell => cell.Phase == CellPhase.Failed).ToList();
        return failed switch
        {
            [] => state.Cells.Any(cell => cell.Result?.Verdict?.Level == VerdictLevel.Invalid) ? ExitCode.NotValid : ExitCode.Done,
            _ when failed.All(cell => cell.Failure!.Kind == FailureKind.ModelRefused) => ExitCode.ModelNotAccepted,
            _ => ExitCode.Failed,
        };
    }

    /// <summary>The table of a task that runs.</summary>
    /// <param name="update">The task.</param>
    /// <param name="remaining">How long it will still take, or null.</param>
    /// <param name="screen">Where it is to be shown.</param>
    internal static Table Progress(TaskUpdate update, TimeSpan? remaining, Screen screen)
    {
        var table = screen.CreateTable("Model", "Device", "Runtime", "State", ">Mean ms");
        var cells = CellView.Of(update.State);
        foreach (var cell in cells.Skip(FirstShown(cells, screen)).Take(RoomOf(screen)))
        {
            table.AddRow(
                screen.Cell(cell.Model.Name), screen.Cell(cell.Cell.DeviceName.Value), screen.Cell(cell.Cell.Runtime + cell.Distinction),
                screen.Cell(StateOf(cell, update.Progress.FirstOrDefault(at => at.Cell == cell.Cell.Id))),
                screen.Cell(cell.Result is null ? "" : $"{cell.Mean} {cell.Mark}"));
        }

        table.Caption(Markup.Escape(EndedText(update, remaining)));
        return table;
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

    private static void Report(TaskUpdate update, RemainingTime remaining, Screen screen)
    {
        var left = remaining.Of(update);
        foreach (var happened in update.Events.Select(numbered => numbered.Event))
        {
            var text = happened switch
            {
                TaskEvents.CellMeasured { Attempt.Cell: var id } when CellOf(update, id) is var cell =>
                    $"{cell.Name}: {cell.Mean} ms, {cell.Verdict} ({EndedText(update, left)})",
                TaskEvents.CellReused { From: var from, Cell: var id } when CellOf(update, id) is var cell =>
                    $"{cell.Name}: {cell.Mean} ms, {cell.Verdict}, reused from {from} ({EndedText(update, left)})",
                TaskEvents.AttemptFailed failed => $"{CellOf(update, failed.Attempt.Cell).Name}: tried again: {failed.Failure.Message}",
                TaskEvents.CellFailed failed => $"{CellOf(update, failed.Cell).Name}: failed: {failed.Failure.Message}",
                _ => null,
            };
            if (text is not null)
            {
                screen.Note(text);
            }
        }
    }

    private static string StateOf(CellView cell, CellProgress? progress) => cell.State.Phase switch
    {
        CellPhase.Running or CellPhase.Assigned when progress is not null =>
            // Short, so that a line of 80 characters holds it.
            (progress.Start > 0 && progress.Starts > 0 ? $"start {progress.Start}/{progress.Starts}: " : "")
            + progress.Phase
            + (progress.Runs > 0 ? $" {Figures.Count(progress.Runs)}" : ""),
        CellPhase.Measured => cell.Verdict!,
        _ => cell.Phase,
    };

    private static string EndedText(TaskUpdate update, TimeSpan? remaining) =>
        $"{update.State.Cells.Count(cell => cell.HasEnded)} of {Figures.Counted(update.State.Cells.Length, "cell")}"
        + (remaining is { } left && left > TimeSpan.Zero && !update.State.AllCellsEnded ? $", about {Figures.Duration(left)} left" : "");

    /// <summary>
    /// The first cell of the table: where not all have room, those that have just ended are above those that are to come.
    /// </summary>
    private static int FirstShown(IReadOnlyList<CellView> cells, Screen screen)
    {
        var room = RoomOf(screen);
        var firstOpen = cells.TakeWhile(cell => cell.State.HasEnded).Count();
        return Math.Clamp(firstOpen - (room / 2), 0, Math.Max(0, cells.Count - room));
    }

    private static int RoomOf(Screen screen) => Math.Max(1, (screen.Height ?? int.MaxValue) - OtherLines);

    private static CellView CellOf(TaskUpdate update, CellId id) => new(update.State, update.State[id]);
}

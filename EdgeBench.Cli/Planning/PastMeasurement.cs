using System.Text.Json;
using EdgeBench.Client;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Planning;

/// <summary>A stored result, as far as the time of another one can be told from it.</summary>
/// <param name="Model">The model.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Flops">The model's floating-point operations, or null where they are not known.</param>
/// <param name="Latency">The mean latency in nanoseconds.</param>
/// <param name="Start">What a container took beside its timed runs: to start, load and warm up.</param>
/// <param name="Host">The facts of the device under which a valid result was made, as their hash; null where it is not valid, or they are
/// not known.</param>
internal sealed record PastMeasurement(ModelSource Model, Cell Cell, long? Flops, double Latency, TimeSpan Start, Sha256? Host)
{
    /// <summary>How many of the newest tasks are looked at.</summary>
    private const int MostTasks = 20;

    /// <summary>The results of the newest tasks on the devices of a plan.</summary>
    public static async Task<IReadOnlyList<PastMeasurement>> FindAsync(
        EdgeBenchClient client, TaskPlan plan, CancellationToken cancellationToken)
    {
        var devices = plan.Cells.Select(cell => cell.Device).ToHashSet();
        var found = new List<PastMeasurement>();
        foreach (var task in (await client.ListTasksAsync(cancellationToken).ConfigureAwait(false)).OrFail().Take(MostTasks))
        {
            var history = (await client.GetHistoryAsync(task.Id, cancellationToken).ConfigureAwait(false)).OrFail();
            found.AddRange(Of([.. history.Select(at => at.Event)]).Where(past => devices.Contains(past.Cell.Device)));
            if (plan.Cells.All(cell => found.Any(past => past.IsOf(plan.Request.Models[cell.Model], cell))))
            {
                break;
            }
        }

        return found;
    }

    /// <summary>The results in a task's history.</summary>
    public static IEnumerable<PastMeasurement> Of(IReadOnlyList<ITaskEvent> history)
    {
        var state = TaskState.Replay(history);
        foreach (var measured in history.OfType<TaskEvents.CellMeasured>())
        {
            var cell = state[measured.Attempt.Cell].Cell;
            var started = history.OfType<TaskEvents.CellStarted>().FirstOrDefault(started => started.Attempt == measured.Attempt);
            if (started is not null)
            {
                var latency = measured.Result.Latency;
                var beside = measured.At - started.At - TimeSpan.FromMilliseconds(latency.Runs * latency.Mean / 1e6);
                var containers = MeasuringTime.Containers(cell.Options with { Starts = latency.Starts });
                yield return new PastMeasurement(
                    state.Submission!.Request.Models[cell.Model],
                    cell,
                    state.Model(cell)?.Converted?.Flops,
                    latency.Mean,
                    beside > TimeSpan.Zero ? beside / containers : TimeSpan.Zero,
                    measured.Result.Verdict is { Level: VerdictLevel.Valid } ? measured.Result.Host : null);
            }
        }
    }

    /// <summary>Whether it is a result of this model under the conditions of this cell, though perhaps with other runs.</summary>
    public bool IsOf(ModelSource model, Cell cell) =>
        Model.File == model.File && SameShapes(model)
        && (Cell.Device, Cell.Runtime, Cell.Precision, Cell.Options.Threads)
            == (cell.Device, cell.Runtime, cell.Precision, cell.Options.Threads);

    /// <summary>
    /// Whether the server will most likely use it again for this cell. What it looks at besides, the converted file and the image, is only
    /// known there.
    /// </summary>
    public bool IsReusableFor(ModelSource model, Cell cell, DeviceState? device) =>
        Host is not null && device?.Description.Host == Host && IsOf(model, cell)
        && JsonSerializer.Serialize(Cell.Options) == JsonSerializer.Serialize(cell.Options);

    private bool SameShapes(ModelSource model) =>
        Model.InputShapes.Count == model.InputShapes.Count
        && Model.InputShapes.All(shape => model.InputShapes.TryGetValue(shape.Key, out var other) && shape.Value.SequenceEqual(other));
}

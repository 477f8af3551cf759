using EdgeBench.Client;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Overhead;

/// <summary>Measures by a task of a cluster, through a client that is connected.</summary>
/// <param name="client">The client.</param>
/// <param name="model">The model file.</param>
/// <param name="options">How to measure.</param>
/// <param name="time">The clock, which must be that of the server: both are on this machine.</param>
internal sealed class ClusterTrials(EdgeBenchClient client, string model, MeasurementOptions options, TimeProvider time)
{
    /// <summary>What the last trial was measured with.</summary>
    public TaskState? Last { get; private set; }

    /// <summary>Submits a task of one cell and waits for its result.</summary>
    /// <exception cref="InvalidOperationException">It gave none.</exception>
    public async Task<Trial> RunAsync(CancellationToken cancellationToken)
    {
        var (began, begin) = (time.GetUtcNow(), time.GetTimestamp());
        var accepted = Require(
            await client.SubmitAsync(new Submission { Models = [model], Options = options }, cancellationToken).ConfigureAwait(false));
        var events = new List<ITaskEvent>();
        var state = TaskState.None;
        await foreach (var update in client.WatchAsync(accepted.Task, cancellationToken).ConfigureAwait(false))
        {
            state = Require(update).State;
            events.AddRange(update.Value!.Events.Select(happened => happened.Event));
        }

        var whole = time.GetElapsedTime(begin);
        Last = state;
        if (state.Cells is not [{ Result: { } result }])
        {
            throw new InvalidOperationException(
                state.Cells is [{ Failure: { } failure }] ? failure.Message : "the task has not the one cell that was expected");
        }

        var runs = Nanoseconds(result.Starts.Sum(start => start.WarmUp + start.Steady));
        return new Trial(whole, runs, [.. PhasesOf(began, whole, runs, events, result)]);
    }

    /// <summary>The model as the runner gets it.</summary>
    public async Task<byte[]> FetchModelAsync(CancellationToken cancellationToken) =>
        Require(await client.GetArtifactAsync(Last!.Models.Values.Single().Converted!.File, cancellationToken).ConfigureAwait(false));

    private static TimeSpan Nanoseconds(long nanoseconds) => TimeSpan.FromMicroseconds(nanoseconds / 1e3);

    private static T Require<T>(Answer<T> answer)
        where T : class => answer.IsOk ? answer.Value : throw new InvalidOperationException(answer.Error.Message);

    // The events carry the server's clock; what happens on the device is told by the result.
    private static IEnumerable<Phase> PhasesOf(
        DateTimeOffset began, TimeSpan whole, TimeSpan runs, List<ITaskEvent> events, CellResult result)
    {
        var submitted = At<TaskEvents.Submitted>();
        var converted = At<TaskEvents.ModelConverted>();
        var assigned = At<TaskEvents.CellAssigned>();
        var started = At<TaskEvents.CellStarted>();
        var measured = At<TaskEvents.CellMeasured>();
        var start = Nanoseconds(result.Starts.Sum(one => one.Create + one.Start));
        var load = Nanoseconds(result.Starts.Sum(one => one.Load));
        var first = Nanoseconds(result.Starts.Sum(one => one.FirstRun));
        yield return new Phase("check the upload, submit", submitted - began);
        yield return new Phase("accept, convert from the cache", converted - submitted);
        yield return new Phase("assign", assigned - converted);
        yield return new Phase("hand to the device", started - assigned);
        yield return new Phase("create and start the container", start);
        yield return new Phase("load the model", load);
        yield return new Phase("first inference", first);
        yield return new Phase(
            "the device's rest: look up files and image, remove the container, hand in", measured - started - start - load - first - runs);
        yield return new Phase("store, tell the client", began + whole - measured);

        DateTimeOffset At<T>()
            where T : ITaskEvent => events.OfType<T>().First().At;
    }
}

using Akka.Actor;
using EdgeBench.EdgeNode.Artifacts;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>
/// One attempt: brings its files here, begins its measurement, follows it, and keeps the outcome. Every step may be done twice
/// without harm, so that after a rebuild of the ActorSystem another child goes on where this one was.
/// </summary>
internal sealed class InferenceRun : UntypedActor, IWithTimers, IDisposable
{
    private readonly ToDevice.RunCell _assignment;
    private readonly AgentParts _parts;
    private readonly AgentSettings _settings;
    private readonly CancellationTokenSource _ended = new();
    private AttemptPhase? _untold;
    private bool _stopping;

    public InferenceRun(ToDevice.RunCell assignment, AgentParts parts, AgentSettings settings)
    {
        _assignment = assignment;
        _parts = parts;
        _settings = settings;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private AttemptId Attempt => _assignment.Attempt;

    public static Props Props(ToDevice.RunCell assignment, AgentParts parts, AgentSettings settings) =>
        Akka.Actor.Props.Create(() => new InferenceRun(assignment, parts, settings));

    /// <inheritdoc />
    public void Dispose() => _ended.Dispose();

    protected override void PostStop() => _ended.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Begin when !_stopping:
                Timers.StartPeriodicTimer("progress", TellProgress.Instance, _settings.ProgressEvery);
                _ = RunAsync(new Reports(Self), _ended.Token).PipeTo(Self, failure: ended => new Broken(ended));
                break;
            case AttemptPhase phase:
                _untold = phase;
                break;
            case TellProgress when _untold is { } phase:
                Context.Parent.Tell(new FromDevice.AttemptProgress(
                    _settings.Device, Attempt, phase.Name, phase.Runs, phase.Start, phase.Starts));
                _untold = null;
                break;
            case AttemptOutcome outcome when !_stopping:
                Context.Parent.Tell(new Ended(_assignment.Server, Attempt, outcome));
                Context.Stop(Self);
                break;
            case Broken broken when !_stopping:
                // The parent makes a failed attempt of it.
                throw new InvalidOperationException($"attempt {Attempt} broke off: {broken.Cause.Message}", broken.Cause);
            case Stop stop when !_stopping:
                _stopping = true;
                _ended.Cancel();
                _ = StopAsync().PipeTo(Self, success: () => new Stopped(stop.Reason), failure: ended => new StopFailed(ended));
                break;
            case StopFailed failed:
                throw new InvalidOperationException($"attempt {Attempt} could not be stopped: {failed.Cause.Message}", failed.Cause);
            case Stopped stopped:
                OnStopped(stopped.Reason);
                break;
        }
    }

    private async Task<AttemptOutcome> RunAsync(IProgress<AttemptPhase> progress, CancellationToken cancellation)
    {
        if (_parts.Outcomes.Of(_assignment.Server).FirstOrDefault(kept => kept.Attempt == Attempt).Outcome is { } kept)
        {
            return kept;
        }

        var outcome = await MeasureAsync(progress, cancellation).ConfigureAwait(false);
        // Kept before it is forgotten where it comes from: this ActorSystem may end at any time.
        _parts.Outcomes.Keep(_assignment.Server, Attempt, outcome);
        await _parts.Measurements.ForgetAsync(Attempt).ConfigureAwait(false);
        return outcome;
    }

    private async Task<AttemptOutcome> MeasureAsync(IProgress<AttemptPhase> progress, CancellationToken cancellation)
    {
        if (!_parts.Measurements.Holds(Attempt))
        {
            // The device is the measurement's: what is being got ready would disturb it, or have the same file open.
            await _parts.Images.PauseAsync().ConfigureAwait(false);
            var (files, failure) = await FetchAsync(progress, cancellation).ConfigureAwait(false);
            if (files is null)
            {
                return AttemptOutcome.Failed(failure!);
            }

            _parts.Measurements.Begin(_assignment, files);
        }

        return await _parts.Measurements.FollowAsync(Attempt, progress, cancellation).ConfigureAwait(false);
    }

    private async Task<(FetchedFiles? Files, CellFailure? Failure)> FetchAsync(
        IProgress<AttemptPhase> progress, CancellationToken cancellation)
    {
        var assignment = _assignment.Assignment;
        progress.Report(new AttemptPhase("fetching the image", 0));
        // Without an archive the engine pulls it, once the device is the measurement's.
        var (image, imageTime) = assignment.Image.Tar is { } tar
            ? await FetchAsync(tar, cancellation).ConfigureAwait(false)
            : (new Fetched(null, null, WasHere: true), null);
        if (image.Problem is not null)
        {
            return (null, new CellFailure(FailureKind.ImageNotLoaded, $"the runtime image could not be fetched: {image.Problem}"));
        }

        progress.Report(new AttemptPhase("fetching the model", 0));
        var (model, modelTime) = await FetchAsync(assignment.Model, cancellation).ConfigureAwait(false);
        if (model.Path is null)
        {
            return (null, new CellFailure(FailureKind.ArtifactNotFetched, $"the model could not be fetched: {model.Problem}"));
        }

        var inputs = new List<string>();
        foreach (var input in assignment.Options.Inputs)
        {
            var (file, time) = await FetchAsync(input.File, cancellation).ConfigureAwait(false);
            if (file.Path is null)
            {
                return (null, new CellFailure(
                    FailureKind.ArtifactNotFetched, $"input '{input.Name}' could not be fetched: {file.Problem}"));
            }

            inputs.Add(file.Path);
            modelTime = time is null ? modelTime : (modelTime ?? 0) + time;
        }

        return (new FetchedFiles(model.Path, image.Path, inputs, modelTime, imageTime), null);
    }

    private async Task<(Fetched Fetched, long? Nanoseconds)> FetchAsync(ArtifactRef artifact, CancellationToken cancellation)
    {
        var from = _parts.Time.GetTimestamp();
        var fetched = await _parts.Artifacts.FetchAsync(artifact, cancellation).ConfigureAwait(false);
        return (fetched, fetched.WasHere ? null : (long)_parts.Time.GetElapsedTime(from).TotalNanoseconds);
    }

    private async Task StopAsync()
    {
        await _parts.Measurements.StopAsync(Attempt).ConfigureAwait(false);
        await _parts.Measurements.ForgetAsync(Attempt).ConfigureAwait(false);
    }

    private void OnStopped(string? reason)
    {
        if (reason is null)
        {
            Context.Parent.Tell(new Gone(Attempt));
        }
        else
        {
            // Where it ended just before the stop, its outcome is the answer.
            var kept = _parts.Outcomes.Of(_assignment.Server).FirstOrDefault(kept => kept.Attempt == Attempt).Outcome;
            var outcome = kept ?? AttemptOutcome.Failed(FailureKind.Cancelled, $"stopped: {reason}");
            _parts.Outcomes.Keep(_assignment.Server, Attempt, outcome);
            Context.Parent.Tell(new Ended(_assignment.Server, Attempt, outcome));
        }

        Context.Stop(Self);
    }

    /// <summary>From the parent: go to work.</summary>
    internal sealed record Begin : INoSerializationVerificationNeeded
    {
        public static Begin Instance { get; } = new();
    }

    /// <summary>
    /// From the parent: it no longer counts. Answered when nothing of it runs any more: by <see cref="Ended"/> where the server gave a
    /// reason and waits for an
    /// answer, else by <see cref="Gone"/>.
    /// </summary>
    internal sealed record Stop(string? Reason) : INoSerializationVerificationNeeded;

    /// <summary>To the parent: the attempt ended, and its outcome is kept.</summary>
    internal sealed record Ended(ServerId Server, AttemptId Attempt, AttemptOutcome Outcome) : INoSerializationVerificationNeeded;

    /// <summary>To the parent: the attempt was stopped, nothing of it is left, and nobody waits for an answer.</summary>
    internal sealed record Gone(AttemptId Attempt) : INoSerializationVerificationNeeded;

    private sealed record TellProgress : INoSerializationVerificationNeeded
    {
        public static TellProgress Instance { get; } = new();
    }

    private sealed record Stopped(string? Reason) : INoSerializationVerificationNeeded;

    private sealed record Broken(Exception Cause) : INoSerializationVerificationNeeded;

    private sealed record StopFailed(Exception Cause) : INoSerializationVerificationNeeded;

    // Not Progress<T>: its posts go through the thread pool and may overtake one another.
    private sealed class Reports(IActorRef self) : IProgress<AttemptPhase>
    {
        public void Report(AttemptPhase value) => self.Tell(value);
    }
}

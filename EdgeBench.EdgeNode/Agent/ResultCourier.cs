using Akka.Actor;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>
/// Brings outcomes to the server: first the raw samples as an artifact, then the message, again and again until the answer is final.
/// </summary>
internal sealed class ResultCourier : UntypedActor, IWithTimers, IDisposable
{
    private readonly IActorRef _coordinator;
    private readonly AgentParts _parts;
    private readonly AgentSettings _settings;
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<AttemptId, Waiting> _waiting = [];
    private ServerId? _server;
    private AttemptId? _uploading;

    public ResultCourier(IActorRef coordinator, AgentParts parts, AgentSettings settings)
    {
        _coordinator = coordinator;
        _parts = parts;
        _settings = settings;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef coordinator, AgentParts parts, AgentSettings settings) =>
        Akka.Actor.Props.Create(() => new ResultCourier(coordinator, parts, settings));

    /// <inheritdoc />
    public void Dispose() => _ended.Dispose();

    protected override void PreStart() => Timers.StartPeriodicTimer("resend", Resend.Instance, _settings.ResendEvery);

    protected override void PostStop() => _ended.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Serve serve:
                OnServe(serve.Server);
                break;
            case InferenceRun.Ended ended when ended.Server == _server:
                _waiting[ended.Attempt] = new Waiting(ended.Outcome, !NeedsUpload(ended.Outcome));
                Send(ended.Attempt);
                UploadNext();
                break;
            case SendAgain again:
                Send(again.Attempt);
                break;
            case Resend:
                foreach (var attempt in _waiting.Keys)
                {
                    Send(attempt);
                }

                UploadNext();
                break;
            case Uploaded uploaded:
                OnUploaded(uploaded);
                break;
            case ToDevice.AttemptAnswer answer:
                OnAnswer(answer);
                break;
        }
    }

    private static bool NeedsUpload(AttemptOutcome outcome) => outcome.Result is not null;

    private void OnServe(ServerId server)
    {
        if (server != _server)
        {
            _server = server;
            _waiting.Clear();
        }

        foreach (var (attempt, outcome) in _parts.Outcomes.Of(server))
        {
            _waiting.TryAdd(attempt, new Waiting(outcome, !NeedsUpload(outcome)));
        }

        Self.Tell(Resend.Instance);
    }

    private void Send(AttemptId attempt)
    {
        if (_waiting.GetValueOrDefault(attempt) is not { Uploaded: true } waiting)
        {
            return;
        }

        _coordinator.Tell(
            waiting.Outcome.Result is { } result ? new FromDevice.AttemptMeasured(_settings.Device, attempt, result)
                : new FromDevice.AttemptFailed(_settings.Device, attempt, waiting.Outcome.Failure!),
            Context.Parent);
    }

    // One after the other: after a day away there may be many.
    private void UploadNext()
    {
        // The one that failed least often comes first, so that none stands in the way of all others.
        var next = _waiting.Where(entry => !entry.Value.Uploaded).OrderBy(entry => entry.Value.Failures).FirstOrDefault().Key;
        if (next is null || _uploading is not null)
        {
            return;
        }

        var outcome = _waiting[next].Outcome;
        _uploading = next;
        _ = _parts.Artifacts.UploadAsync(outcome.Result!.Raw, outcome.Raw, _ended.Token)
            .PipeTo(Self, success: problem => new Uploaded(next, problem), failure: broken => new Uploaded(next, broken.Message));
    }

    private void OnUploaded(Uploaded uploaded)
    {
        _uploading = null;
        if (!_waiting.TryGetValue(uploaded.Attempt, out var waiting))
        {
            UploadNext();
        }
        else if (uploaded.Problem is { } problem)
        {
            // The next one waits for the next tick, for it would most likely fail the same way.
            _parts.Log.LogWarning("the raw samples of attempt {Attempt} are not on the server yet: {Problem}", uploaded.Attempt, problem);
            _waiting[uploaded.Attempt] = waiting with { Failures = waiting.Failures + 1 };
        }
        else
        {
            _waiting[uploaded.Attempt] = waiting with { Uploaded = true };
            Send(uploaded.Attempt);
            UploadNext();
        }
    }

    private void OnAnswer(ToDevice.AttemptAnswer answer)
    {
        if (!_waiting.TryGetValue(answer.Attempt, out var waiting))
        {
            return;
        }

        if (answer.Answer != ResultAnswer.Missing)
        {
            _parts.Outcomes.Forget(_server!, answer.Attempt);
            _waiting.Remove(answer.Attempt);
            Context.Parent.Tell(new Delivered(answer.Attempt, answer.Answer));
        }
        else if (answer.Missing is { } missing && missing == waiting.Outcome.Result?.Raw)
        {
            _waiting[answer.Attempt] = waiting with { Uploaded = false };
            UploadNext();
        }
        else
        {
            _parts.Log.LogError(
                "the server misses artifact {Artifact} of attempt {Attempt}, which this device never had", answer.Missing, answer.Attempt);
        }
    }

    /// <summary>From the parent: this server is there; what waits for it goes to it.</summary>
    internal sealed record Serve(ServerId Server) : INoSerializationVerificationNeeded;

    /// <summary>From the parent: the server asks for this attempt, of which an outcome may wait.</summary>
    internal sealed record SendAgain(AttemptId Attempt) : INoSerializationVerificationNeeded;

    /// <summary>To the parent: the answer is final.</summary>
    internal sealed record Delivered(AttemptId Attempt, ResultAnswer Answer) : INoSerializationVerificationNeeded;

    private sealed record Resend : INoSerializationVerificationNeeded
    {
        public static Resend Instance { get; } = new();
    }

    private sealed record Uploaded(AttemptId Attempt, string? Problem) : INoSerializationVerificationNeeded;

    private sealed record Waiting(AttemptOutcome Outcome, bool Uploaded, int Failures = 0);
}

using System.Runtime.CompilerServices;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>A measurement that belongs to the process: whoever started it may go, and somebody else follow it.</summary>
public sealed class RunningMeasurement
{
    private readonly CancellationTokenSource _stop;
    private readonly MeasurementOrder _order;
    private readonly Lock _gate = new();
    private volatile Step _step = new(new MeasurementProgress(MeasurementPhase.Waiting, 0, 0));

    internal RunningMeasurement(
        MeasurementOrder order, IInferenceHost host, HostLock hostLock, ResultSpool spool, TimeProvider time, CancellationTokenSource stop)
    {
        _order = order;
        _stop = stop;
        Completion = Task.Run(() => MeasureAsync(host, hostLock, spool, time));
    }

    /// <summary>What is measured.</summary>
    public MeasurementOrder Order => _order;

    /// <summary>How far it is.</summary>
    public MeasurementProgress Progress => _step.Progress;

    /// <summary>
    /// The result. It is on disk, in the spool, when this task ends, unless the measurement was stopped or the disk is full. Never fails
    /// for an expected reason.
    /// </summary>
    public Task<MeasurementResult> Completion { get; }

    /// <summary>Why the result is not in the spool although it should be, or null.</summary>
    public string? SpoolProblem { get; private set; }

    /// <summary>Follows the progress from where it is to the end. Who follows slowly misses what is no longer true.</summary>
    public async IAsyncEnumerable<MeasurementProgress> FollowAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var step = _step;
            yield return step.Progress;
            if (step.Progress.Phase == MeasurementPhase.Ended)
            {
                yield break;
            }

            await step.Over.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Ends it. <see cref="Completion"/> follows, once the container or process is gone.</summary>
    public void Stop() => _stop.Cancel();

    private async Task<MeasurementResult> MeasureAsync(IInferenceHost host, HostLock hostLock, ResultSpool spool, TimeProvider time)
    {
        try
        {
            var queued = time.GetTimestamp();
            MeasurementResult result;
            try
            {
                using var taken = await hostLock.TakeAsync(() => { }, _stop.Token).ConfigureAwait(false);
                result = await RunStartsAsync(host, time.Nanoseconds(queued), time).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                result = Unmeasured(host, StopFailure.OnRequest, time.Nanoseconds(queued), time);
            }
            catch (DataFolderException problem)
            {
                result = Unmeasured(
                    host, new InferenceFailure(InferenceFailureKind.DiskNotUsable, problem.Message), time.Nanoseconds(queued), time);
            }

            Keep(result, spool);
            return result;
        }
        finally
        {
            Advance(progress => progress with { Phase = MeasurementPhase.Ended });
        }
    }

    private async Task<MeasurementResult> RunStartsAsync(IInferenceHost host, long queued, TimeProvider time)
    {
        var result = Unmeasured(host, null, queued, time);
        var starts = new List<MeasuredStart>();
        for (var number = 1; number <= _order.Starts && result.Failure is null; number++)
        {
            var start = number;
            Advance(progress => progress with { Phase = MeasurementPhase.Image, Start = start });
            var recorder = new StartRecorder(
                (phase, runs) => Advance(progress => progress with { Phase = phase, Runs = progress.Runs + runs }));
            var request = new InferenceRequest
            {
                Attempt = _order.Attempt,
                Image = _order.Image,
                Job = _order.Job,
                Files = _order.Files,
                Limits = _order.Limits,
            };
            var end = await host.RunAsync(request, recorder, _stop.Token).ConfigureAwait(false);
            if (end.Failure is null && recorder.Measured is { } measured)
            {
                starts.Add(measured);
            }

            result = result with
            {
                Failure = end.Failure,
                Engine = end.Engine,
                Warnings = end.Warnings,
                Runtime = recorder.Runtime ?? result.Runtime,
                Inputs = recorder.Loaded?.Inputs ?? result.Inputs,
                Outputs = recorder.Loaded?.Outputs ?? result.Outputs,
                Threads = recorder.Loaded?.Threads ?? result.Threads,
                Options = recorder.Loaded?.Options ?? result.Options,
                ImageNanoseconds = result.ImageNanoseconds ?? recorder.Image?.Nanoseconds,
                ImageLoaded = result.ImageLoaded || recorder.Image is { Loaded: true },
                Starts = [.. starts],
                EndedAt = time.GetUtcNow(),
            };
        }

        return result;
    }

    private MeasurementResult Unmeasured(IInferenceHost host, InferenceFailure? failure, long queued, TimeProvider time) => new()
    {
        Attempt = _order.Attempt,
        Failure = failure,
        Isolation = host.Isolation,
        Image = _order.Image.DiffIds,
        Limits = _order.Limits,
        ModelFetchNanoseconds = _order.ModelFetchNanoseconds,
        ImageFetchNanoseconds = _order.ImageFetchNanoseconds,
        QueueNanoseconds = queued,
        Starts = [],
        BegunAt = time.GetUtcNow(),
        EndedAt = time.GetUtcNow(),
    };

    // A measurement that was stopped is wanted by nobody. All else must not be lost when this process dies now.
    private void Keep(MeasurementResult result, ResultSpool spool)
    {
        if (result.Failure?.Kind == InferenceFailureKind.Stopped)
        {
            return;
        }

        try
        {
            spool.Write(_order.Server, result);
        }
        catch (DataFolderException problem)
        {
            SpoolProblem = problem.Message;
        }
    }

    private void Advance(Func<MeasurementProgress, MeasurementProgress> change)
    {
        Step over;
        lock (_gate)
        {
            over = _step;
            _step = new Step(change(over.Progress));
        }

        over.Over.SetResult();
    }

    private sealed record Step(MeasurementProgress Progress)
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

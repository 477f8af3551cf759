using System.Runtime.CompilerServices;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.RunnerContract;
using EdgeBench.Statistics.Stopping;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>A measurement that belongs to the process: whoever started it may go, and somebody else follow it.</summary>
public sealed class RunningMeasurement
{
    private readonly CancellationTokenSource _stop;
    private readonly MeasurementOrder _order;
    private readonly Lock _gate = new();
    private volatile Step _step = new(new MeasurementProgress(MeasurementPhase.Waiting, 0, 0));

    internal RunningMeasurement(
        MeasurementOrder order, MeasuringParts parts, HostLock hostLock, ResultSpool spool, CancellationTokenSource stop)
    {
        _order = order;
        _stop = stop;
        Completion = Task.Run(() => MeasureAsync(parts, hostLock, spool));
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

    private async Task<MeasurementResult> MeasureAsync(MeasuringParts parts, HostLock hostLock, ResultSpool spool)
    {
        try
        {
            var queued = parts.Time.GetTimestamp();
            MeasurementResult result;
            try
            {
                using var taken = await hostLock.TakeAsync(() => { }, _stop.Token).ConfigureAwait(false);
                result = await RunStartsAsync(parts, parts.Time.Nanoseconds(queued)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                result = Unmeasured(parts, StopFailure.OnRequest, parts.Time.Nanoseconds(queued));
            }
            catch (DataFolderException problem)
            {
                result = Unmeasured(
                    parts, new InferenceFailure(InferenceFailureKind.DiskNotUsable, problem.Message), parts.Time.Nanoseconds(queued));
            }

            Keep(result, spool);
            return result;
        }
        finally
        {
            Advance(progress => progress with { Phase = MeasurementPhase.Ended });
        }
    }

    private async Task<MeasurementResult> RunStartsAsync(MeasuringParts parts, long queued)
    {
        var result = Unmeasured(parts, null, queued);
        var begun = parts.Time.GetTimestamp();
        var before = parts.Machine?.ReadFacts(engine: null);
        var starts = new List<MeasuredStart>();
        while (result.Failure is null && result.Stop is null)
        {
            var (end, recorder) = await RunOnceAsync(parts, _order.Job, starts.Count + 1).ConfigureAwait(false);
            if (end.Failure is null && recorder.Measured is { } measured)
            {
                starts.Add(measured with { Observed = recorder.Observed });
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
                Stop = end.Failure is null
                    ? StopAfter([.. starts.Select(start => start.Samples)], parts.Time.GetElapsedTime(begun))
                    : null,
                EndedAt = parts.Time.GetUtcNow(),
            };
        }

        return result.Failure is null ? await ExplainAsync(result, before, parts).ConfigureAwait(false) : result;
    }

    private async Task<(InferenceEnd End, StartRecorder Recorder)> RunOnceAsync(MeasuringParts parts, Job job, int number)
    {
        Advance(progress => progress with { Phase = MeasurementPhase.Image, Start = number });
        var recorder = new StartRecorder((phase, runs) => Advance(progress => progress with { Phase = phase, Runs = progress.Runs + runs }));
        return (await RunAsync(parts, job, recorder).ConfigureAwait(false), recorder);
    }

    private async Task<InferenceEnd> RunAsync(MeasuringParts parts, Job job, StartRecorder recorder)
    {
        var request = new InferenceRequest
        {
            Attempt = _order.Attempt,
            Image = _order.Image,
            Job = job,
            Files = _order.Files,
            Limits = _order.Limits,
        };
        if (parts.Machine is null)
        {
            return await parts.Host.RunAsync(request, recorder, _stop.Token).ConfigureAwait(false);
        }

        var observation = await parts.Machine.ObserveAsync(new ObservedStart(_order.Attempt, _order.Limits.Cpus), _stop.Token)
            .ConfigureAwait(false);
        await using (observation.ConfigureAwait(false))
        {
            var end = await parts.Host.RunAsync(request, new ToBoth(recorder, observation), _stop.Token).ConfigureAwait(false);
            if (end.Failure is null)
            {
                recorder.Observed = await observation.EndAsync(_stop.Token).ConfigureAwait(false);
            }

            return end;
        }
    }

    private StopReason? StopAfter(IReadOnlyList<IReadOnlyList<long>> starts, TimeSpan elapsed)
    {
        var options = _order.Options;
        // Each start is asked for its share of the runs and of the time, so that the starts are all that is left to count.
        var rule = new StopRule(
            1, TimeSpan.Zero, options.Starts, options.Until, MeasurementOptions.MaximumStarts, TimeSpan.FromSeconds(options.MaximumSeconds));
        return rule.After(starts, elapsed).Reason;
    }

    // What explains a result and disturbs no timing, since that is over.
    private async Task<MeasurementResult> ExplainAsync(MeasurementResult result, IReadOnlyList<NamedFact>? before, MeasuringParts parts)
    {
        if (parts.Machine is { } machine)
        {
            var facts = machine.ReadFacts(result.Engine);
            result = result with
            {
                Facts = facts,
                Changed = DifferencesOf(before!, facts),
                Host = HostIdentity.Of(facts).Hex,
                Peak = _order.Model.Flops is null || NumberTypeOf(_order.Model.Precision) is not { } type ? null
                    : await machine.PeakAsync(type, _order.Limits.Cpus, ThreadsOf(result), _stop.Token).ConfigureAwait(false),
            };
        }

        if (_order.Options.Memory)
        {
            result = await MeasureMemoryAsync(result, parts).ConfigureAwait(false);
        }

        return result with { EndedAt = parts.Time.GetUtcNow() };
    }

    private async Task<MeasurementResult> MeasureMemoryAsync(MeasurementResult result, MeasuringParts parts)
    {
        Advance(progress => progress with { Phase = MeasurementPhase.Memory });
        var recorder = new StartRecorder((_, _) => { });
        var job = _order.Job with { WarmUp = new WarmUpPlan(1, 0, 0), Timed = new TimedPlan(1) };
        var end = await RunAsync(parts, job, recorder).ConfigureAwait(false);
        if (end.Failure is { Kind: InferenceFailureKind.Stopped } stopped)
        {
            return result with { Failure = stopped };
        }

        var resident = recorder.Measured?.PeakResidentBytes;
        return result with
        {
            Memory = end.Failure is { } failure ? new MemoryRecord(null, null, $"the start that was to be measured failed: {failure.Message}")
                : recorder.Observed is { } observed ? observed.Memory with { ResidentPeak = observed.Memory.ResidentPeak ?? resident }
                : new MemoryRecord(null, resident, "this device was not observed"),
        };
    }

    // The engine is known only afterwards; it cannot change under a container that runs.
    private static IReadOnlyList<FingerprintDifference> DifferencesOf(IReadOnlyList<NamedFact> before, IReadOnlyList<NamedFact> after) =>
    [
        .. new Fingerprint(before).DifferencesFrom(new Fingerprint(after))
            .Where(difference => !difference.Name.StartsWith("engine.", StringComparison.Ordinal)),
    ];

    private int ThreadsOf(MeasurementResult result) => Math.Min(result.Threads ?? _order.Job.Threads, _order.Limits.Cpus.Count);

    private static NumberType? NumberTypeOf(string precision) => precision switch
    {
        "fp32" => NumberType.Float32,
        "fp16" => NumberType.Float16,
        "int8" => NumberType.Int8,
        _ => null,
    };

    private MeasurementResult Unmeasured(MeasuringParts parts, InferenceFailure? failure, long queued) => new()
    {
        Attempt = _order.Attempt,
        Failure = failure,
        Isolation = parts.Host.Isolation,
        Image = _order.Image.DiffIds,
        Limits = _order.Limits,
        ModelFetchNanoseconds = _order.ModelFetchNanoseconds,
        ImageFetchNanoseconds = _order.ImageFetchNanoseconds,
        QueueNanoseconds = queued,
        Starts = [],
        Asked = _order.Options,
        Model = _order.Model,
        Libraries = _order.Libraries,
        BegunAt = parts.Time.GetUtcNow(),
        EndedAt = parts.Time.GetUtcNow(),
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

    private sealed class ToBoth(StartRecorder recorder, IStartObservation observation) : IProgress<InferenceUpdate>
    {
        public void Report(InferenceUpdate value)
        {
            observation.Report(value);
            recorder.Report(value);
        }
    }

    private sealed record Step(MeasurementProgress Progress)
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

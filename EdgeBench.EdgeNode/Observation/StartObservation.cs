using System.Diagnostics;
using EdgeBench.EdgeNode.Calibration;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Messages.Measurements;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>
/// Observes a start from a thread of its own, on a CPU that is not measured where there is one. It looks five times a second, and when the
/// evaluation program has said something: then it is between two runs and the look falls on fewer of them.
/// </summary>
internal sealed class StartObservation : IStartObservation
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(90);

    private readonly SystemTree _tree;
    private readonly ObservedStart _start;
    private readonly IOtherContainers _containers;
    private readonly MachineReader _reader;
    private readonly CalibrationReading _before;
    private readonly Fact<IReadOnlyList<string>> _containersBefore;
    private readonly AutoResetEvent _wake = new(false);
    private readonly List<(Look Look, bool IsTimed)> _looks = [];
    private readonly HashSet<int> _runnerProcesses = [];
    private readonly Thread _thread;
    private readonly ProcessScan _processesBefore;
    private ProcessScan? _processesAfter;
    private volatile RunnerReader? _runner;
    private volatile Phase _phase;
    private volatile bool _isOver;
    private volatile int _runs;
    private bool _isClosed;
    private long _begin;

    private StartObservation(
        SystemTree tree,
        ObservedStart start,
        IOtherContainers containers,
        CalibrationReading before,
        Fact<IReadOnlyList<string>> containersBefore)
    {
        (_tree, _start, _containers, _before, _containersBefore) = (tree, start, containers, before, containersBefore);
        _reader = new MachineReader(tree, start.Cpus);
        _processesBefore = ProcessScan.Read(tree);
        _begin = Now();
        _thread = new Thread(Watch) { IsBackground = true, Name = "telemetry" };
        _thread.Start();
    }

    private enum Phase
    {
        BeforeTimedRuns,
        TimedRuns,
        AfterTimedRuns,
    }

    public static async Task<StartObservation> BeginAsync(
        SystemTree tree, ObservedStart start, IOtherContainers containers, CancellationToken cancellation)
    {
        var others = await containers.RunningAsync(start.Attempt, cancellation).ConfigureAwait(false);
        var calibration = await CalibrationKernel.RunAsync(start.Cpus, cancellation).ConfigureAwait(false);
        return new StartObservation(tree, start, containers, calibration, others);
    }

    public void Report(InferenceUpdate value)
    {
        switch (value)
        {
            case InferenceUpdate.RunnerStarted started:
                Interlocked.Exchange(ref _begin, Now() - started.StartNanoseconds);
                break;
            case InferenceUpdate.ProcessFound found:
                _runner = new RunnerReader(_tree, found.Process);
                _wake.Set();
                break;
            case InferenceUpdate.RunnerSaid { Line: WarmedUpLine }:
                _phase = Phase.TimedRuns;
                _wake.Set();
                break;
            case InferenceUpdate.RunnerSaid { Line: SamplesLine samples }:
                _runs += samples.Nanoseconds.Count;
                _wake.Set();
                break;
            case InferenceUpdate.RunnerSaid { Line: OutputLine or CompletedLine or FailedLine }:
                _phase = Phase.AfterTimedRuns;
                _wake.Set();
                break;
        }
    }

    public async Task<StartObserved> EndAsync(CancellationToken cancellation)
    {
        StopWatching();
        var after = await CalibrationKernel.RunAsync(_start.Cpus, cancellation).ConfigureAwait(false);
        var containersAfter = await _containers.RunningAsync(_start.Attempt, cancellation).ConfigureAwait(false);
        return Sum(after, containersAfter);
    }

    public ValueTask DisposeAsync()
    {
        StopWatching();
        _wake.Dispose();
        return ValueTask.CompletedTask;
    }

    private static long Now() => (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    private void StopWatching()
    {
        if (!_isOver)
        {
            _isOver = true;
            _wake.Set();
            _thread.Join();
        }
    }

    private void Watch()
    {
        MoveAway();
        while (true)
        {
            var isOver = _isOver;
            LookOnce();
            if (isOver)
            {
                _processesAfter = ProcessScan.Read(_tree);
                return;
            }

            // Lines that come close together are one.
            Thread.Sleep(LeastPause);
            _wake.WaitOne(Period - LeastPause);
        }
    }

    private void MoveAway()
    {
        var free = new Processor(_tree).Online().Value?.Cpus.Except(_start.Cpus.Cpus).ToList();
        if (free is { Count: > 0 })
        {
            ThreadAffinity.TrySet(CpuSet.Of(free));
        }
    }

    private void LookOnce()
    {
        // The phase before the look and not after it: what was seen is then of that phase at least in part.
        var phase = _phase;
        var runner = _runner;
        var look = _reader.Look(runner, _runs);
        // The first look after the timed runs closes them, where the program is still there.
        var isClosing = phase == Phase.AfterTimedRuns && !_isClosed && look.Runner is not null;
        _isClosed |= phase == Phase.AfterTimedRuns;
        _looks.Add((look, phase == Phase.TimedRuns || isClosing));
        if (look.Runner is not null)
        {
            _runnerProcesses.UnionWith(runner!.Processes());
        }
    }

    private StartObserved Sum(CalibrationReading after, Fact<IReadOnlyList<string>> containersAfter)
    {
        Look[] all = [.. _looks.Select(entry => entry.Look)];
        Look[] timed = [.. _looks.Where(entry => entry.IsTimed).Select(entry => entry.Look)];
        Look[] observed = timed.Length > 0 ? timed : all;
        var summary = new TelemetrySummary(_reader.Clocks, _reader.Zones);
        var (threads, cpus, cpusUsed) = TelemetrySummary.Effective(observed);
        var begin = Interlocked.Read(ref _begin);
        return new StartObserved
        {
            Telemetry = summary.Of(observed) with
            {
                OtherProcesses = _processesBefore.Until(_processesAfter!, _runnerProcesses, all.Max(look => look.Runner?.Cpu) ?? 0),
                OtherContainers = [.. (_containersBefore.Value ?? []).Union(containersAfter.Value ?? [])],
                CalibrationBefore = _before,
                CalibrationAfter = after,
                Missing = [.. _reader.Missing, .. Missing(observed)],
            },
            Samples = TelemetrySummary.Samples([.. all.Where(look => look.At >= begin)], begin),
            Memory = TelemetrySummary.Memory(
                all, _runner is null ? "the evaluation program ended before its process was known" : _runner.Group.MemoryMissing),
            ThreadsSeen = threads,
            CpusSeen = cpus,
            CpusUsed = cpusUsed,
        };
    }

    private IEnumerable<NamedFact> Missing(IReadOnlyList<Look> observed)
    {
        if (observed.Count(look => look.Runner is not null) < 2)
        {
            yield return new NamedFact("runner", null, "the timed runs were over before the evaluation program could be looked at twice");
        }

        if (!_containersBefore.IsKnown)
        {
            yield return new NamedFact("other-containers", null, _containersBefore.MissingBecause);
        }
    }
}

using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>Collects what one start of a runner says.</summary>
internal sealed class StartRecorder(Action<MeasurementPhase, int> advanced) : IProgress<InferenceUpdate>
{
    private readonly List<long> _samples = [];
    private long _create;
    private long? _firstLine;
    private FirstRunLine? _firstRun;
    private WarmedUpLine? _warmedUp;
    private CompletedLine? _completed;

    public InferenceUpdate.ImageReady? Image { get; private set; }

    public RuntimeIdentity? Runtime { get; private set; }

    public LoadedLine? Loaded { get; private set; }

    /// <summary>What was observed meanwhile, once the start has ended.</summary>
    public StartObserved? Observed { get; set; }

    /// <summary>The start, or null where the runner did not complete.</summary>
    public MeasuredStart? Measured => _firstRun is null || _warmedUp is null || Loaded is null || _completed is null ? null : new()
    {
        CreateNanoseconds = _create,
        StartNanoseconds = _firstLine ?? 0,
        LoadNanoseconds = Loaded.Nanoseconds,
        FirstRunNanoseconds = _firstRun.Nanoseconds,
        WarmUpRuns = _warmedUp.Runs,
        WarmUpNanoseconds = _warmedUp.Nanoseconds,
        WarmUpEnding = _warmedUp.End,
        WarmUpLatencies = _warmedUp.Latencies,
        Providers = Loaded.Providers,
        AskedProvider = Loaded.AskedProvider,
        Samples = _samples,
        OutputsSha256 = _completed.OutputsSha256,
        PeakResidentBytes = _completed.PeakResidentBytes,
    };

    public void Report(InferenceUpdate value)
    {
        switch (value)
        {
            case InferenceUpdate.ImageReady image:
                Image = image;
                advanced(MeasurementPhase.Starting, 0);
                break;
            case InferenceUpdate.RunnerStarted started:
                _create = started.CreateNanoseconds;
                break;
            case InferenceUpdate.RunnerSaid said:
                _firstLine ??= said.Nanoseconds;
                Hear(said.Line);
                break;
        }
    }

    private void Hear(RunnerLine line)
    {
        switch (line)
        {
            case StartedLine started:
                Runtime = started.Runtime;
                advanced(MeasurementPhase.Loading, 0);
                break;
            case LoadedLine loaded:
                Loaded = loaded;
                advanced(MeasurementPhase.WarmUp, 0);
                break;
            case FirstRunLine firstRun:
                _firstRun = firstRun;
                break;
            case WarmedUpLine warmedUp:
                _warmedUp = warmedUp;
                advanced(MeasurementPhase.Timed, 0);
                break;
            case SamplesLine samples:
                _samples.AddRange(samples.Nanoseconds);
                advanced(MeasurementPhase.Timed, samples.Nanoseconds.Count);
                break;
            case CompletedLine completed:
                _completed = completed;
                break;
        }
    }
}

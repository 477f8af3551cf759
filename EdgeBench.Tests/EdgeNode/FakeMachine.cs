using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>A machine on which nothing happens but what a test tells it.</summary>
internal sealed class FakeMachine : IMachine
{
    public List<ObservedStart> Observed { get; } = [];

    public List<InferenceUpdate> Updates { get; } = [];

    public IReadOnlyList<NamedFact> Facts { get; set; } = [new("board.model", "a fake"), new("cpu.governor", null, "it has no cpufreq")];

    public StartObserved Result { get; set; } = new()
    {
        Telemetry = new Telemetry { Nanoseconds = 1_000_000 },
        Samples = [],
        Memory = new MemoryRecord(null, null, "nothing runs on a fake"),
    };

    public ArithmeticPeak Peak { get; set; } = new(1e15, "a fake");

    /// <summary>The facts from the second reading on, where they are to change.</summary>
    public IReadOnlyList<NamedFact>? FactsAfter { get; set; }

    private int _readings;

    public IReadOnlyList<NamedFact> ReadFacts(EngineFacts? engine) => Interlocked.Increment(ref _readings) > 1 ? FactsAfter ?? Facts : Facts;

    public IReadOnlyList<NamedFact> WatchFacts(EngineFacts? engine) => Facts;

    public Task<IStartObservation> ObserveAsync(ObservedStart start, CancellationToken cancellation)
    {
        Observed.Add(start);
        return Task.FromResult<IStartObservation>(new Observation(this));
    }

    public Task<ArithmeticPeak> PeakAsync(NumberType type, CpuSet cpus, int threads, CancellationToken cancellation) => Task.FromResult(Peak);

    private sealed class Observation(FakeMachine machine) : IStartObservation
    {
        public void Report(InferenceUpdate value) => machine.Updates.Add(value);

        public Task<StartObserved> EndAsync(CancellationToken cancellation) => Task.FromResult(machine.Result);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using EdgeBench.EdgeNode.Calibration;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>The machine that this process runs on.</summary>
public sealed class Machine : IMachine, IDisposable
{
    private const string Root = "/";

    private readonly SystemTree _tree = new(Root);
    private readonly InstalledTools _tools = new();
    private readonly RememberedTools _rememberedTools;
    private readonly Lazy<IReadOnlyList<NamedFact>> _fixedFacts;
    private readonly EngineContainers _containers;
    private readonly CpuPeaks _peaks;

    /// <summary>Prepares to read it; reads nothing yet.</summary>
    /// <param name="data">Where what was measured of it is kept.</param>
    /// <param name="engine">The container engine, or null where child processes measure.</param>
    public Machine(DataFolder data, ContainerEngine? engine)
    {
        _rememberedTools = new RememberedTools(_tools, TimeProvider.System);
        _fixedFacts = new(() => HostFingerprint.ReadFixed(Root, _tools));
        _containers = new EngineContainers(engine);
        _peaks = new CpuPeaks(_tree, new PeakStore(Path.Combine(data.Path, "peaks.json"), MachineBoot.Current));
    }

    /// <inheritdoc/>
    public IReadOnlyList<NamedFact> ReadFacts(EngineFacts? engine) => HostFingerprint.Read(Root, _tools, engine);

    /// <inheritdoc/>
    public IReadOnlyList<NamedFact> WatchFacts(EngineFacts? engine) =>
        [.. _fixedFacts.Value, .. HostFingerprint.ReadChanging(Root, _rememberedTools, engine)];

    /// <inheritdoc/>
    public async Task<IStartObservation> ObserveAsync(ObservedStart start, CancellationToken cancellation) =>
        await StartObservation.BeginAsync(_tree, start, _containers, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<ArithmeticPeak> PeakAsync(NumberType type, CpuSet cpus, int threads, CancellationToken cancellation) =>
        _peaks.GetAsync(type, cpus, threads, new Fingerprint(ReadFacts(null)).Hash().Hex, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _peaks.Dispose();
}

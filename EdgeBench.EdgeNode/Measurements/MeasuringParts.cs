using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Observation;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>What measurements of this process work with.</summary>
/// <param name="Host">Runs the runners.</param>
/// <param name="Machine">Reads and observes the machine, or null where nothing is to be observed.</param>
/// <param name="Time">The clock.</param>
public sealed record MeasuringParts(IInferenceHost Host, IMachine? Machine, TimeProvider Time);

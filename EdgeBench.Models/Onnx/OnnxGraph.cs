using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Onnx;

/// <summary>A graph as it is written.</summary>
/// <param name="Model">The model without its constants and without metadata.</param>
/// <param name="Initializers">The constants.</param>
/// <param name="Sources">The source layers of every node.</param>
internal sealed record OnnxGraph(ModelProto Model, IReadOnlyList<OnnxInitializer> Initializers, SourceMap Sources);

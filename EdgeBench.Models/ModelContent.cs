using EdgeBench.Models.Graphs;

namespace EdgeBench.Models;

/// <summary>What a model is written from.</summary>
internal abstract record ModelContent
{
    private ModelContent()
    {
    }

    /// <summary>The graph of its layers, nothing folded yet.</summary>
    /// <param name="Graph">The graph.</param>
    /// <param name="SkippedPasses">Passes that are not to run on it.</param>
    internal sealed record Layers(Graph Graph, IReadOnlyList<string> SkippedPasses) : ModelContent;

    /// <summary>A finished ONNX file.</summary>
    internal sealed record Onnx(byte[] Bytes, int Nodes) : ModelContent;

    /// <summary>A finished TFLite file.</summary>
    internal sealed record Tflite(byte[] Bytes, int Operators) : ModelContent;
}

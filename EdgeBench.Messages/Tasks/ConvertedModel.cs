using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Messages.Tasks;

/// <summary>A model in the format that a runtime takes, and what is known of it.</summary>
public sealed record ConvertedModel
{
    /// <summary>The converted file.</summary>
    public required ArtifactRef File { get; init; }

    /// <summary>Its format: <c>onnx</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The source's format and version in words, for example <c>Keras 2.15.0 HDF5</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Where the weights come from in words: <c>stored</c>, <c>joined</c> or <c>synthetic(SEED)</c>.</summary>
    public required string Weights { get; init; }

    /// <summary>The number of parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Floating-point operations of one inference by the paper's rule, or null where they cannot be counted.</summary>
    public long? Flops { get; init; }

    /// <summary>Multiply-adds of one inference, or null where they cannot be counted.</summary>
    public long? Macs { get; init; }

    /// <summary>
    /// The part of the multiply-adds that are convolutions with a 3x3 window and stride 1, 0 to 1, which fast algorithms do with fewer;
    /// null where they cannot be counted.
    /// </summary>
    public double? FastConvolutionShare { get; init; }

    /// <summary>What the user should know of the conversion.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How long the conversion took, in nanoseconds.</summary>
    public required long Nanoseconds { get; init; }
}

using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Messages.Tasks;

/// <summary>A model in the format that a runtime takes, and what is known of it.</summary>
public sealed record ConvertedModel
{
    /// <summary>The converted file.</summary>
    public required ArtifactRef File { get; init; }

    /// <summary>Its format: <c>onnx</c> or <c>tflite</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Its precision, or null for <see cref="Tasks.Precision.Single"/>.</summary>
    public string? Precision { get; init; }

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

    /// <summary>Whether it was seen to compute what it should; null where that was before there were such checks.</summary>
    public ModelCheck? Check { get; init; }

    /// <summary>The runtimes that take its format and cannot run it all the same.</summary>
    public IReadOnlyList<UnfitRuntime> Unfit { get; init => field = value ?? []; } = [];

    /// <summary>How long the conversion took, the check not included, in nanoseconds.</summary>
    public required long Nanoseconds { get; init; }
}

/// <summary>A runtime that cannot run a model.</summary>
/// <param name="Runtime">Its name.</param>
/// <param name="Version">Its version: another one may run it.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record UnfitRuntime(string Runtime, string Version, string Reason);

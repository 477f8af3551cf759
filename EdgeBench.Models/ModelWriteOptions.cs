using EdgeBench.Models.Quantization;

namespace EdgeBench.Models;

/// <summary>How a model is to be written.</summary>
public sealed record ModelWriteOptions
{
    /// <summary>What its numbers are to be.</summary>
    public ModelPrecision Precision { get; init; } = ModelPrecision.Float32;

    /// <summary>The measured ranges of the tensors, which <see cref="ModelPrecision.Int8"/> needs.</summary>
    public TensorRanges? Ranges { get; init; }
}

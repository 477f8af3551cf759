using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Runtimes;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Devices;

/// <summary>What a device needs to measure a cell.</summary>
public sealed record Assignment
{
    /// <summary>What to call the model in messages.</summary>
    public required string ModelName { get; init; }

    /// <summary>The converted model.</summary>
    public required ArtifactRef Model { get; init; }

    /// <summary>Its format: <c>onnx</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Its precision: <c>fp32</c>.</summary>
    public string Precision { get; init; } = "fp32";

    /// <summary>Floating-point operations of one inference, or null where they cannot be counted.</summary>
    public long? Flops { get; init; }

    /// <summary>
    /// The part of the multiply-adds that fast algorithms do with fewer: <see cref="ConvertedModel.FastConvolutionShare"/>.
    /// </summary>
    public double? FastConvolutionShare { get; init; }

    /// <summary>The version of what converted the model.</summary>
    public string? Converter { get; init; }

    /// <summary>The runtime image.</summary>
    public required RuntimeImageRef Image { get; init; }

    /// <summary>How to measure.</summary>
    public required MeasurementOptions Options { get; init; }
}

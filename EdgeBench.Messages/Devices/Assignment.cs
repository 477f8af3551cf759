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

    /// <summary>The runtime image.</summary>
    public required RuntimeImageRef Image { get; init; }

    /// <summary>How to measure.</summary>
    public required MeasurementOptions Options { get; init; }
}

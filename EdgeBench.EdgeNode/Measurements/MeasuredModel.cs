namespace EdgeBench.EdgeNode.Measurements;

/// <summary>What is known of the model that is measured.</summary>
public sealed record MeasuredModel
{
    /// <summary>The SHA-256 of its file in lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Its format: <c>onnx</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Its precision: <c>fp32</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>Floating-point operations of one inference, or null where they are not known.</summary>
    public long? Flops { get; init; }

    /// <summary>The part of its multiply-adds that fast algorithms do with fewer, 0 to 1; null where it is not known.</summary>
    public double? FastConvolutionShare { get; init; }

    /// <summary>The version of what converted it, or null where nothing did.</summary>
    public string? Converter { get; init; }
}

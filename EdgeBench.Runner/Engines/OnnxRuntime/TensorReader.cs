using EdgeBench.RunnerContract;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeBench.Runner.Engines.OnnxRuntime;

/// <summary>What ONNX Runtime says of a model's inputs and outputs, in the words of the contract.</summary>
internal static class TensorReader
{
    /// <summary>A dimension that the model leaves open.</summary>
    public const long Open = -1;

    private static readonly Dictionary<TensorElementType, ElementType> Types = new()
    {
        [TensorElementType.Float] = ElementType.Float32,
        [TensorElementType.Float16] = ElementType.Float16,
        [TensorElementType.Double] = ElementType.Float64,
        [TensorElementType.Int8] = ElementType.Int8,
        [TensorElementType.UInt8] = ElementType.UInt8,
        [TensorElementType.Int32] = ElementType.Int32,
        [TensorElementType.Int64] = ElementType.Int64,
        [TensorElementType.Bool] = ElementType.Bool,
    };

    /// <summary>An input; an open batch dimension becomes 1.</summary>
    /// <exception cref="RunnerException">
    /// <see cref="FailureCode.ModelNotLoaded"/>: another dimension is open, or the input cannot be given.
    /// </exception>
    public static TensorDescription DescribeInput(string name, NodeMetadata metadata)
    {
        var description = Describe("input", name, metadata);
        long[] shape = [.. description.Shape.Select((size, axis) => axis == 0 && size == Open ? 1 : size)];
        var open = Array.IndexOf(shape, Open);
        return open < 0
            ? description with { Shape = shape }
            : throw Refused($"input {name} leaves dimension {open} open (counted from 0); export the model with a fixed size there");
    }

    /// <summary>An output; open dimensions stay open.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.ModelNotLoaded"/>: the output cannot be returned.</exception>
    public static TensorDescription DescribeOutput(string name, NodeMetadata metadata) => Describe("output", name, metadata);

    /// <summary>The type in ONNX Runtime's terms.</summary>
    public static TensorElementType ToOnnx(ElementType type) => Types.Single(pair => pair.Value == type).Key;

    private static TensorDescription Describe(string kind, string name, NodeMetadata metadata)
    {
        if (!metadata.IsTensor)
        {
            throw Refused($"{kind} {name} is no tensor but a {metadata.OnnxValueType}");
        }

        return Types.TryGetValue(metadata.ElementDataType, out var type)
            ? new TensorDescription(name, type, [.. metadata.Dimensions.Select(size => size < 0 ? Open : size)])
            : throw Refused(
                $"{kind} {name} has elements of type {metadata.ElementDataType}; supported are {string.Join(", ", Types.Values)}");
    }

    private static RunnerException Refused(string message) => new(FailureCode.ModelNotLoaded, message);
}

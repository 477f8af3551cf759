using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.Tflite;

/// <summary>The types of elements by the numbers of TensorFlow Lite (<c>TfLiteType</c>), which LiteRT has kept.</summary>
internal static class TfliteElementType
{
    /// <summary>The type with a number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="tensor">What has elements of it, for a message.</param>
    /// <exception cref="RunnerException"><see cref="FailureCode.ModelNotLoaded"/>: the contract knows no such type.</exception>
    public static ElementType Of(int number, string tensor) => number switch
    {
        1 => ElementType.Float32,
        2 => ElementType.Int32,
        3 => ElementType.UInt8,
        4 => ElementType.Int64,
        6 => ElementType.Bool,
        9 => ElementType.Int8,
        10 => ElementType.Float16,
        11 => ElementType.Float64,
        _ => throw new RunnerException(
            FailureCode.ModelNotLoaded,
            $"{tensor} has elements of TensorFlow Lite's type {number}; supported are "
            + string.Join(", ", Enum.GetValues<ElementType>())),
    };
}

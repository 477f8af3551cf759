namespace EdgeBench.Models.Quantization;

/// <summary>A file whose two outputs, <c>minima</c> and <c>maxima</c>, say what tensors inside a model hold for the inputs that it is
/// fed.</summary>
/// <param name="Format">The format whose file in 8-bit integers needs the ranges.</param>
/// <param name="Tensors">Names of the tensors in the order of the outputs' elements.</param>
public sealed record RangeProbe(string Format, IReadOnlyList<string> Tensors)
{
    /// <summary>Name of the output with the least values, one of each tensor.</summary>
    public const string Minima = "minima";

    /// <summary>Name of the output with the greatest values, one of each tensor.</summary>
    public const string Maxima = "maxima";
}

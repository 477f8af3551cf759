using System.Globalization;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>A whole number that was read; its unit is told where it is used.</summary>
/// <param name="Value">The number.</param>
internal sealed record Number(long Value)
{
    /// <summary>Its digits, independent of any language.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeBench.Runner.Engines.LiteRt;

/// <summary>The type of a tensor's elements and its dimensions (<c>LiteRtRankedTensorType</c>, 72 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RankedTensorType
{
    /// <summary>The elements' type, numbered as in TensorFlow Lite.</summary>
    public int ElementType;

    /// <summary>The dimensions.</summary>
    public TensorLayout Layout;
}

/// <summary>The dimensions of a tensor (<c>LiteRtLayout</c>, 68 bytes).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TensorLayout
{
    /// <summary>The greatest number of dimensions.</summary>
    public const int MaximumRank = 8;

    private const uint RankBits = 0x7f;

    private readonly uint _rank;
    private Dimensions _dimensions;
    private readonly Dimensions _strides;

    /// <summary>The dimensions in use; -1 stands for an open one. What lies behind them in memory is undefined.</summary>
    [UnscopedRef]
    public Span<int> Shape => ((Span<int>)_dimensions)[..Math.Min((int)(_rank & RankBits), MaximumRank)];

    [InlineArray(MaximumRank)]
    private struct Dimensions
    {
        private int _first;
    }
}

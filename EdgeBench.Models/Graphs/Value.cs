using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeBench.Models.Graphs;

/// <summary>Number and sizes of dimensions, the batch first and channels last.</summary>
internal static class TensorShape
{
    /// <summary>Number of elements.</summary>
    public static long Count(IEnumerable<int> shape) => shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Size of the dimension that several become when they are seen as one.</summary>
    public static int Joined(IEnumerable<int> sizes) => checked((int)Count(sizes));

    /// <summary>As people write it.</summary>
    public static string Text(IReadOnlyList<int> shape) => $"({string.Join(", ", shape)})";

    /// <summary>Counts an axis from the front; null where there is no such axis.</summary>
    public static int? Axis(int axis, int rank) => axis >= -rank && axis < rank ? (axis + rank) % rank : null;
}

/// <summary>A tensor in the graph: an input, what an operator computes, or a constant. Told apart by identity, not by name.</summary>
internal sealed class Value
{
    private readonly float[]? _stored;
    private readonly double[]? _exact;
    private readonly double[]? _factors;
    private readonly long[]? _wholes;

    /// <summary>A tensor of floats, or a constant where there are values.</summary>
    public Value(string name, IReadOnlyList<int> shape, float[]? constant = null)
        : this(name, shape, ElementType.Float32, constant, null, null, null)
    {
    }

    /// <summary>A tensor of any type.</summary>
    public Value(string name, IReadOnlyList<int> shape, ElementType type)
        : this(name, shape, type, null, null, null, null)
    {
    }

    private Value(
        string name, IReadOnlyList<int> shape, ElementType type, float[]? stored, double[]? exact, double[]? factors, long[]? wholes)
    {
        Name = name;
        Shape = shape;
        Type = type;
        _stored = stored;
        _exact = exact;
        _factors = factors;
        _wholes = wholes;
    }

    /// <summary>A name for people; unique only once emitted.</summary>
    public string Name { get; }

    /// <summary>Shape with the batch, channels last.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Type of its elements.</summary>
    public ElementType Type { get; }

    /// <summary>Whether it is a constant.</summary>
    public bool IsConstant => _stored is not null || _wholes is not null;

    /// <summary>The values of a constant of whole numbers or truth values (1 and 0) in C order; never changed.</summary>
    public IReadOnlyList<long>? Wholes => _wholes;

    /// <summary>The values of a constant of floats in C order; never changed. Made anew at every call where it is a scaled one.</summary>
    public float[]? Constant => _factors is null ? _stored : ScaledValues();

    /// <summary>Number of dimensions.</summary>
    public int Rank => Shape.Count;

    /// <summary>Number of elements.</summary>
    public long Count => TensorShape.Count(Shape);

    /// <summary>A constant of values that were computed.</summary>
    public static Value Computed(string name, IReadOnlyList<int> shape, double[] values) =>
        new(name, shape, ElementType.Float32, Array.ConvertAll(values, value => (float)value), values, null, null);

    /// <summary>A constant of any type, of numbers that the type holds.</summary>
    public static Value Of(string name, IReadOnlyList<int> shape, ElementType type, double[] values) => type == ElementType.Float32
        ? Computed(name, shape, values)
        : new(name, shape, type, null, null, null, Array.ConvertAll(values, value => (long)value));

    /// <summary>The values of a constant as they were computed, before they became floats: what is folded into others is rounded
    /// once.</summary>
    public double[] Exact() => _exact
        ?? (_wholes is null ? Array.ConvertAll(Constant!, value => (double)value) : Array.ConvertAll(_wholes, value => (double)value));

    /// <summary>This constant with a factor for every channel of its last dimension. The products are made when they are read, so that
    /// weights are not held twice.</summary>
    public Value Scaled(double[] factors) => new(
        Name, Shape, Type, _stored, null, _factors is null ? factors : [.. _factors.Zip(factors, (first, second) => first * second)], null);

    /// <summary>This constant under another shape.</summary>
    public Value Reshaped(IReadOnlyList<int> shape) => _factors is null || shape[^1] == _factors.Length
        ? new Value(Name, shape, Type, _stored, _exact, _factors, _wholes)
        : new Value(Name, shape, Constant);

    /// <summary>This constant with its dimensions in another order: that of the input at each place of the output.</summary>
    public Value Transposed(IReadOnlyList<int> order)
    {
        var (values, rank) = (Exact(), Rank);
        int[] shape = [.. order.Select(axis => Shape[axis])];
        var steps = new int[rank];
        for (var (axis, step) = (rank - 1, 1); axis >= 0; step *= Shape[axis], axis--)
        {
            steps[axis] = step;
        }

        int[] jumps = [.. order.Select(axis => steps[axis])];
        var transposed = new double[values.Length];
        var place = new int[rank];
        for (var (i, source) = (0, 0); i < values.Length; i++)
        {
            transposed[i] = values[source];
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                source += jumps[axis];
                if (++place[axis] < shape[axis])
                {
                    break;
                }

                source -= jumps[axis] * shape[axis];
                place[axis] = 0;
            }
        }

        return Of(Name, shape, Type, transposed);
    }

    /// <summary>This constant with its last two dimensions exchanged.</summary>
    public Value WithLastExchanged() => Transposed([.. Enumerable.Range(0, Rank - 2), Rank - 1, Rank - 2]);

    /// <summary>Some channels of the last dimension of a constant, as a constant.</summary>
    public Value Channels(int first, int count)
    {
        var (values, channels) = (Constant!, Shape[^1]);
        var part = new float[values.Length / channels * count];
        for (var i = 0; i < part.Length; i++)
        {
            part[i] = values[(i / count * channels) + first + (i % count)];
        }

        return new Value(Name, [.. Shape.SkipLast(1), count], part);
    }

    /// <summary>Some channels of the last dimension of a constant, one behind the other.</summary>
    /// <param name="first">The first channel.</param>
    /// <param name="count">Number of channels.</param>
    /// <param name="target">Gets all values of the first, then all of the next.</param>
    public void CopyChannels(int first, int count, Span<float> target)
    {
        if (_factors is null)
        {
            Copy(_stored, Shape[^1], first, count, target);
        }
        else
        {
            CopyScaled(_stored, _factors, first, count, target);
        }
    }

    /// <summary>The bytes of a constant of whole numbers or truth values, little-endian as in a file.</summary>
    public byte[] WholeBytes()
    {
        var bytes = new byte[_wholes!.Length * Type.Size()];
        for (var i = 0; i < _wholes.Length; i++)
        {
            var place = bytes.AsSpan(i * Type.Size());
            switch (Type)
            {
                case ElementType.Int32:
                    BinaryPrimitives.WriteInt32LittleEndian(place, (int)_wholes[i]);
                    break;
                case ElementType.Int64:
                    BinaryPrimitives.WriteInt64LittleEndian(place, _wholes[i]);
                    break;
                default:
                    place[0] = unchecked((byte)_wholes[i]);
                    break;
            }
        }

        return bytes;
    }

    /// <summary>Equal for constants of equal values, mostly not for others: of a few values, as whoever asks compares them all.</summary>
    public int ContentHash()
    {
        const int Samples = 16;
        var hash = new HashCode();
        var length = _stored?.Length ?? _wholes!.Length;
        hash.Add(length);
        for (var i = 0; i < Samples && length > 0; i++)
        {
            var place = (int)((long)i * length / Samples);
            hash.Add(_stored?[place] ?? _wholes![place]);
        }

        return hash.ToHashCode();
    }

    /// <summary>Whether another constant has the same values, bit by bit.</summary>
    public bool HasContentOf(Value other) => Type == other.Type
        && _wholes.AsSpan().SequenceEqual(other._wholes)
        && MemoryMarshal.AsBytes(_stored.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(other._stored.AsSpan()))
        && MemoryMarshal.AsBytes(_factors.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(other._factors.AsSpan()));

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {TensorShape.Text(Shape)}";

    // These see every weight once, in a process that does little else: there is no second call for which tiering would pay.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(ReadOnlySpan<float> values, int channels, int first, int count, Span<float> target)
    {
        var rows = values.Length / channels;
        for (var row = 0; row < rows; row++)
        {
            var source = values.Slice((row * channels) + first, count);
            for (var channel = 0; channel < source.Length; channel++)
            {
                target[(channel * rows) + row] = source[channel];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyScaled(ReadOnlySpan<float> values, double[] factors, int first, int count, Span<float> target)
    {
        var rows = values.Length / factors.Length;
        var scale = factors.AsSpan(first, count);
        for (var row = 0; row < rows; row++)
        {
            var source = values.Slice((row * factors.Length) + first, scale.Length);
            for (var channel = 0; channel < scale.Length; channel++)
            {
                target[(channel * rows) + row] = (float)(source[channel] * scale[channel]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float[] ScaledValues()
    {
        var values = new float[_stored!.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(_stored[i] * _factors![i % _factors.Length]);
        }

        return values;
    }
}

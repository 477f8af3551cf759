using System.Text.Json;

namespace EdgeBench.Tests.Models;

/// <summary>A convolution, transposed convolution or pooling by its definition, element by element, with the synthetic weights
/// of a layer called <c>a</c>. A transposed convolution spreads where a convolution gathers.</summary>
internal sealed class WindowDefinition
{
    private readonly string _kind;
    private readonly int[] _image;
    private readonly int _channels;
    private readonly int _filters;
    private readonly int _groups;
    private readonly bool _isTransposed;
    private readonly int[] _size;
    private readonly int[] _strides;
    private readonly int[] _dilations;
    private readonly int[] _before;
    private readonly int[] _output;
    private readonly double[] _kernel;
    private readonly double[] _bias;

    /// <param name="className">Class of the layer.</param>
    /// <param name="shape">Shape of its input, channels last, without the batch.</param>
    /// <param name="options">Its configuration: the members of a JSON object.</param>
    /// <param name="isOnTheano">Whether its borders are those of Theano: half a kernel, and nearly a window of a pooling.</param>
    public WindowDefinition(string className, int[] shape, string options, bool isOnTheano = false)
    {
        using var document = JsonDocument.Parse($"{{{options}}}");
        var config = document.RootElement;
        var isPooling = className.Contains("Pooling", StringComparison.Ordinal);
        _kind = className;
        (_image, _channels) = (shape[..^1], shape[^1]);
        _isTransposed = className.EndsWith("Transpose", StringComparison.Ordinal);
        _size = Numbers(isPooling ? "pool_size" : "kernel_size", []);
        _strides = Numbers("strides", isPooling ? _size : [.. _size.Select(_ => 1)]);
        _dilations = Numbers("dilation_rate", [.. _size.Select(_ => 1)]);
        _filters = isPooling ? _channels : config.GetProperty("filters").GetInt32();
        _groups = config.TryGetProperty("groups", out var groups) ? groups.GetInt32() : 1;
        (_before, _output) = (new int[_size.Length], new int[_size.Length]);
        var padding = config.TryGetProperty("padding", out var text) ? text.GetString()! : "valid";
        var additions = Numbers("output_padding", []);
        for (var i = 0; i < _size.Length; i++)
        {
            (_before[i], _output[i]) = _isTransposed
                ? PlaceTransposed(i, padding, additions.Length == 0 ? null : additions[i])
                : Place(i, padding);
        }

        if (isOnTheano && padding == "same")
        {
            _before = [.. _size.Select((size, i) => !isPooling ? Extent(i) / 2 : size > 2 && size % 2 == 1 ? size - 2 : size - 1)];
        }

        _kernel = SyntheticArrays.Of("a/kernel", _isTransposed ? [.. _size, _filters, _channels] : [.. _size, _channels / _groups, _filters]);
        _bias = SyntheticArrays.Of("a/bias", [_filters]);

        int[] Numbers(string key, int[] otherwise) => config.TryGetProperty(key, out var list)
            ? [.. list.EnumerateArray().Select(number => number.GetInt32())]
            : otherwise;
    }

    /// <summary>Shape of the output, channels last, without the batch.</summary>
    public int[] OutputShape => [.. _output, _filters];

    /// <summary>The output for an input.</summary>
    public float[] Compute(float[] values)
    {
        var results = new double[Count(OutputShape)];
        var counts = new int[results.Length];
        var (small, large) = _isTransposed ? (_image, _output) : (_output, _image);
        foreach (var at in Places(small))
        {
            foreach (var inside in Places(_size))
            {
                int[] met = [.. at.Select((place, i) => (place * _strides[i]) + (inside[i] * _dilations[i]) - _before[i])];
                if (met.Where((place, i) => place < 0 || place >= large[i]).Any())
                {
                    continue;
                }

                var (here, there) = (Index(at, small), Index(met, large));
                var (from, to) = _isTransposed ? (here, there) : (there, here);
                Meet(Index(inside, _size), from, to, values, results, counts);
            }
        }

        return [.. results.Select((value, i) => (float)Finished(value, counts[i], i % _filters))];
    }

    private (int Before, int Output) Place(int i, string padding)
    {
        var extent = Extent(i);
        var output = padding == "valid" ? ((_image[i] - extent) / _strides[i]) + 1 : (_image[i] + _strides[i] - 1) / _strides[i];
        var before = padding switch
        {
            "same" => Math.Max(((output - 1) * _strides[i]) + extent - _image[i], 0) / 2,
            "causal" => extent - 1,
            _ => 0,
        };
        return (before, output);
    }

    private (int Before, int Output) PlaceTransposed(int i, string padding, int? addition)
    {
        var (extent, spread) = (Extent(i), (_image[i] - 1) * _strides[i]);
        var output = (padding, addition) switch
        {
            ("same", null) => _image[i] * _strides[i],
            ("same", { } more) => spread + extent - (2 * (extent / 2)) + more,
            (_, null) => spread + Math.Max(extent, _strides[i]),
            (_, { } more) => spread + extent + more,
        };
        return (padding == "same" ? Math.Max(spread + extent - output, 0) / 2 : 0, output);
    }

    private int Extent(int i) => ((_size[i] - 1) * _dilations[i]) + 1;

    /// <summary>What one place of the window adds, from a place of the input to one of the output.</summary>
    private void Meet(int inside, int from, int to, float[] values, double[] results, int[] counts)
    {
        for (var filter = 0; filter < _filters; filter++)
        {
            var target = (to * _filters) + filter;
            if (_kind.Contains("Pooling", StringComparison.Ordinal))
            {
                double value = values[(from * _channels) + filter];
                results[target] = counts[target]++ == 0 ? value
                    : _kind.StartsWith("Max", StringComparison.Ordinal) ? Math.Max(results[target], value)
                    : results[target] + value;
                continue;
            }

            var inputs = _channels / _groups;
            var first = filter / (_filters / _groups) * inputs;
            for (var channel = 0; channel < inputs; channel++)
            {
                var weight = _isTransposed
                    ? _kernel[(((inside * _filters) + filter) * inputs) + channel]
                    : _kernel[(((inside * inputs) + channel) * _filters) + filter];
                results[target] += weight * values[(from * _channels) + first + channel];
            }
        }
    }

    private double Finished(double value, int count, int filter) => _kind.StartsWith("Average", StringComparison.Ordinal) ? value / count
        : _kind.StartsWith("Max", StringComparison.Ordinal) ? value
        : value + _bias[filter];

    private static int Count(int[] sizes) => sizes.Aggregate(1, (product, size) => product * size);

    private static int Index(int[] place, int[] sizes) =>
        Enumerable.Range(0, sizes.Length).Aggregate(0, (index, i) => (index * sizes[i]) + place[i]);

    private static IEnumerable<int[]> Places(int[] sizes) => Enumerable.Range(0, Count(sizes)).Select(index =>
    {
        var place = new int[sizes.Length];
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            (place[i], index) = (index % sizes[i], index / sizes[i]);
        }

        return place;
    });
}

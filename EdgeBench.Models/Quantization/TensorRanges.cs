using System.Text.Json;

namespace EdgeBench.Models.Quantization;

/// <summary>The measured ranges of a model's tensors, of which its files in 8-bit integers are made: the same ranges give the same
/// bytes. As a file they are JSON: by format, by the tensor's name in the file of that format, the least and the greatest value.</summary>
public sealed class TensorRanges
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly SortedDictionary<string, SortedDictionary<string, TensorRange>> _ranges = new(StringComparer.Ordinal);

    /// <summary>Whether there are ranges for a format.</summary>
    public bool Has(string format) => _ranges.ContainsKey(format);

    /// <summary>Adds what one run of a probe said.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="minima">Its output of the least values.</param>
    /// <param name="maxima">Its output of the greatest values.</param>
    /// <exception cref="RangesException">A value is not finite.</exception>
    public void Add(RangeProbe probe, ReadOnlySpan<float> minima, ReadOnlySpan<float> maxima)
    {
        if (!_ranges.TryGetValue(probe.Format, out var ranges))
        {
            _ranges[probe.Format] = ranges = new SortedDictionary<string, TensorRange>(StringComparer.Ordinal);
        }

        for (var i = 0; i < probe.Tensors.Count; i++)
        {
            var (name, range) = (probe.Tensors[i], new TensorRange(minima[i], maxima[i]));
            if (!float.IsFinite(range.Minimum) || !float.IsFinite(range.Maximum))
            {
                throw new RangesException(
                    $"the tensor {name} is not finite for a sample of the calibration data; leave the sample out, or mend the model");
            }

            var rounded = range.Rounded();
            ranges[name] = ranges.TryGetValue(name, out var known) ? known.With(rounded) : rounded;
        }
    }

    /// <summary>The range of a tensor; null where it was not measured.</summary>
    internal TensorRange? Find(string format, string tensor) =>
        _ranges.TryGetValue(format, out var ranges) && ranges.TryGetValue(tensor, out var range) ? range : null;

    /// <summary>Reads a file.</summary>
    /// <exception cref="RangesException">It holds something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TensorRanges Read(string file)
    {
        var result = new TensorRanges();
        try
        {
            var formats = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, float[]>>>(File.ReadAllBytes(file));
            foreach (var (format, tensors) in formats ?? throw new JsonException("there is nothing"))
            {
                result.Add(new RangeProbe(format, []), [], []);
                foreach (var (name, range) in tensors ?? throw new JsonException($"there is nothing for {format}"))
                {
                    var (minimum, maximum) = range is [var least, var greatest]
                        ? (least, greatest)
                        : throw new JsonException($"{name} needs the least and the greatest value");
                    result.Add(new RangeProbe(format, [name]), [minimum], [maximum]);
                }
            }
        }
        catch (Exception e) when (e is JsonException or RangesException)
        {
            throw new RangesException($"{file} is no file of ranges ({e.Message}); make one with --calibration and --ranges", e);
        }

        return result;
    }

    /// <summary>Writes a file; the same ranges give the same bytes.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string file) => CompleteFile.Write(file, stream =>
    {
        var formats = _ranges.ToDictionary(
            format => format.Key,
            format => format.Value.ToDictionary(range => range.Key, range => new[] { range.Value.Minimum, range.Value.Maximum }));
        JsonSerializer.Serialize(stream, formats, Json);
        return formats.Count;
    });
}

/// <summary>Ranges cannot be used. The message says why and what to do.</summary>
public sealed class RangesException(string message, Exception? inner = null) : Exception(message, inner);

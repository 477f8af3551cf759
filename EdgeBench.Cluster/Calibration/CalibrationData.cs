using System.Runtime.InteropServices;
using EdgeBench.Cluster.Checking;
using EdgeBench.Formats.Arrays;
using EdgeBench.Models;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Calibration;

/// <summary>
/// Samples of a model's inputs as a user has them: raw float32 in C order, or what <c>numpy.save</c> writes; one or several samples in a
/// file. What a file holds, its beginning tells, not its name.
/// </summary>
internal sealed class CalibrationData
{
    private readonly IReadOnlyList<TensorSpec> _inputs;
    private readonly List<List<string>> _files;

    private CalibrationData(IReadOnlyList<TensorSpec> inputs, List<List<string>> files) => (_inputs, _files) = (inputs, files);

    /// <summary>Finds the files of each input.</summary>
    /// <param name="sources">Where samples are.</param>
    /// <param name="inputs">The model's inputs.</param>
    /// <exception cref="CalibrationException">There is no such file, or an input has none.</exception>
    public static CalibrationData Of(IReadOnlyList<CalibrationSource> sources, IReadOnlyList<TensorSpec> inputs)
    {
        var names = string.Join(", ", inputs.Select(input => input.Name));
        if (sources.FirstOrDefault(source => source.Input is { } name && inputs.All(input => input.Name != name)) is { } unknown)
        {
            throw new CalibrationException($"--calibration: the model has no input '{unknown.Input}'; its inputs are: {names}");
        }

        if (inputs.Count > 1 && sources.Any(source => source.Input is null))
        {
            throw new CalibrationException(
                $"--calibration: the model has {inputs.Count} inputs, {names}; say which each file is for, as in {inputs[0].Name}=FILE");
        }

        var files = inputs.Select(input => sources.Where(source => source.Input is null || source.Input == input.Name)
            .SelectMany(source => source.Files()).ToList()).ToList();
        var lacking = inputs.Where((_, input) => files[input].Count == 0).Select(input => input.Name).ToList();
        return lacking.Count == 0
            ? new CalibrationData(inputs, files)
            : throw new CalibrationException($"--calibration: there are no samples of {string.Join(", ", lacking)}");
    }

    /// <summary>The samples one by one: the raw elements of every input.</summary>
    /// <exception cref="CalibrationException">A file does not hold samples of its input.</exception>
    public IEnumerable<IReadOnlyList<byte[]>> Samples()
    {
        var readers = _inputs.Zip(_files, (input, files) => files.SelectMany(file => Read(file, input)).GetEnumerator()).ToList();
        try
        {
            for (var count = 0; ; count++)
            {
                var more = readers.ConvertAll(reader => reader.MoveNext());
                if (more.TrueForAll(hasMore => !hasMore))
                {
                    yield break;
                }

                if (more.Contains(false))
                {
                    var shortest = _inputs[more.IndexOf(false)].Name;
                    throw new CalibrationException(
                        $"--calibration: there are only {count} samples of {shortest}, and more of others; give as many of each");
                }

                yield return readers.ConvertAll(reader => reader.Current);
            }
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    private static IEnumerable<byte[]> Read(string file, TensorSpec input)
    {
        var type = Enum.Parse<ElementType>(input.ElementType, ignoreCase: true);
        var size = input.Shape.Aggregate(1, (product, dimension) => checked(product * dimension));
        var name = Path.GetFileName(file);
        return (NpyFile.IsOne(file) ? ReadArray(file, name, input, size) : ReadRaw(file, name, input, size)).Select(values =>
        {
            return Array.TrueForAll(values, double.IsFinite)
                ? TensorValues.Write(type, values)
                : throw new CalibrationException($"--calibration: {name} holds a number that is not finite; leave the sample out");
        });
    }

    private static IEnumerable<double[]> ReadArray(string file, string name, TensorSpec input, int size)
    {
        var array = NpyArray.Read(file);
        var sample = input.Shape.Skip(1).ToList();
        return array.Shape.SequenceEqual(sample) || array.Shape.Skip(1).SequenceEqual(sample)
            ? array.Values.Chunk(size)
            : throw new CalibrationException(
                $"--calibration: {name} is [{string.Join(", ", array.Shape)}], but {input.Name} takes "
                + $"[{string.Join(", ", sample.Prepend(-1))}], where -1 is the number of samples");
    }

    private static IEnumerable<double[]> ReadRaw(string file, string name, TensorSpec input, int size)
    {
        using var stream = File.OpenRead(file);
        var sample = new byte[size * sizeof(float)];
        if (stream.Length == 0 || stream.Length % sample.Length != 0)
        {
            throw new CalibrationException(
                $"--calibration: {name} has {stream.Length} bytes; samples of {input.Name} [{string.Join(", ", input.Shape)}] in raw "
                + $"float32 have {sample.Length} each");
        }

        while (stream.Position < stream.Length)
        {
            stream.ReadExactly(sample);
            yield return Array.ConvertAll(MemoryMarshal.Cast<byte, float>(sample).ToArray(), value => (double)value);
        }
    }
}

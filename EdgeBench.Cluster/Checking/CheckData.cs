using System.Globalization;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Checking;

/// <summary>
/// A user's own inputs of a model, and what it should compute: the files <c>input*.npy</c> and <c>expected*.npy</c> of a folder.
/// </summary>
public sealed class CheckData
{
    private const string InputPrefix = "input";
    private const string ExpectedPrefix = "expected";
    private const int MaximumSamples = 64;

    private readonly List<(string Key, NpyArray Array)> _inputs;
    private readonly List<(string Key, NpyArray Array)> _expected;

    private CheckData(List<(string Key, NpyArray Array)> inputs, List<(string Key, NpyArray Array)> expected) =>
        (_inputs, _expected) = (inputs, expected);

    /// <summary>Whether a file of that name belongs to such a folder.</summary>
    public static bool IsPart(string fileName) => fileName.EndsWith(".npy", StringComparison.OrdinalIgnoreCase)
        && (fileName.StartsWith(InputPrefix, StringComparison.OrdinalIgnoreCase)
            || fileName.StartsWith(ExpectedPrefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a folder.</summary>
    /// <exception cref="CheckDataException">There is no such folder, it lacks files, or one of them cannot be used.</exception>
    public static CheckData Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new CheckDataException($"--check: there is no folder {folder}");
        }

        var (inputs, expected) = (ReadAll(folder, InputPrefix), ReadAll(folder, ExpectedPrefix));
        return inputs.Count > 0 && expected.Count > 0
            ? new CheckData(inputs, expected)
            : throw new CheckDataException(
                $"--check: {folder} needs the model's inputs as input*.npy and what it should compute as expected*.npy");
    }

    /// <summary>The samples, each with the raw elements of every input of a model.</summary>
    /// <param name="inputs">The model's inputs.</param>
    /// <exception cref="CheckDataException">The files do not fit the model.</exception>
    internal IReadOnlyList<IReadOnlyList<byte[]>> Samples(IReadOnlyList<TensorDescription> inputs)
    {
        var arrays = Match(_inputs, InputPrefix, [.. inputs.Select(input => input.Name)]);
        var samples = inputs.Zip(arrays, (input, array) => Split(input, array, InputPrefix)).ToList();
        var counts = samples.Select(sample => sample.Count).Distinct().ToList();
        if (counts is not [var count])
        {
            throw new CheckDataException($"--check: the inputs have different numbers of samples: {string.Join(", ", counts)}");
        }

        return count <= MaximumSamples
            ? [.. Enumerable.Range(0, count).Select(index => samples
                .Select((sample, input) => TensorValues.Write(inputs[input].Type, sample[index])).ToList())]
            : throw new CheckDataException($"--check: there are {count} samples; at most {MaximumSamples} are compared, so give fewer");
    }

    /// <summary>What the model should compute: the samples of each output, one behind the other.</summary>
    /// <exception cref="CheckDataException">The files do not fit the model.</exception>
    internal IReadOnlyList<double[]> Expected(IReadOnlyList<TensorDescription> outputs) =>
        [.. Match(_expected, ExpectedPrefix, [.. outputs.Select(output => output.Name)]).Select(array => array.Values)];

    // input_NAME.npy by the model's names; else by the numbers in the files' names, in the model's order.
    private static List<NpyArray> Match(List<(string Key, NpyArray Array)> files, string prefix, List<string> names)
    {
        if (files.Count != names.Count)
        {
            throw new CheckDataException(
                $"--check: there are {files.Count} files {prefix}*.npy, but the model has {names.Count}: {string.Join(", ", names)}");
        }

        var byName = files.ToLookup(file => file.Key, file => file.Array);
        return names.TrueForAll(name => byName[name].Count() == 1)
            ? [.. names.Select(name => byName[name].Single())]
            : [.. files.Select(file => file.Array)];
    }

    private static List<double[]> Split(TensorDescription tensor, NpyArray array, string prefix)
    {
        var size = (int)tensor.Shape.Aggregate(1L, (product, dimension) => product * dimension);
        var sample = tensor.Shape.Skip(1).Select(dimension => (int)dimension).ToList();
        return size > 0 && (array.Shape.SequenceEqual(sample) || array.Shape.Skip(1).SequenceEqual(sample))
            ? [.. array.Values.Chunk(size)]
            : throw new CheckDataException(
                $"--check: {prefix} {tensor.Name} is [{string.Join(", ", array.Shape)}], but the model takes "
                + $"[{string.Join(", ", sample.Prepend(-1))}], where -1 is the number of samples");
    }

    private static List<(string Key, NpyArray Array)> ReadAll(string folder, string prefix)
    {
        var files = Directory.EnumerateFiles(folder)
            .Select(file => (File: file, Name: Path.GetFileName(file)))
            .Where(file => IsPart(file.Name) && file.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(file => (file.File, Key: Path.GetFileNameWithoutExtension(file.Name)[prefix.Length..].TrimStart('_', '-', '.')))
            .ToList();
        return [.. files.OrderBy(file => Number(file.Key)).ThenBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => (file.Key, NpyArray.Read(file.File)))];

        static long Number(string key) =>
            long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
    }
}

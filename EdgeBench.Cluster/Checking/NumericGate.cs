using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Tasks;
using EdgeBench.Models;

namespace EdgeBench.Cluster.Checking;

/// <summary>
/// The numeric gate: a model's two files, written by two emitters, run in their two runtimes on the same inputs and must compute the same,
/// and what the user expects where that was given. Files in another precision than fp32 are compared with the model as ONNX in fp32; how
/// far they are off is told, and is no failure.
/// </summary>
/// <param name="catalog">The runtime images, whose programs run the files.</param>
public sealed class NumericGate(RuntimeCatalog catalog)
{
    /// <summary>The greatest difference that counts as the same, for files in single precision.</summary>
    public const double Tolerance = 1e-4;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly ulong[] Seeds = [0, 1];

    // The first is the measure of the second.
    private static readonly string[] Formats = ["onnx", "tflite"];

    /// <summary>Changes with the programs that run the files.</summary>
    public string Identity => string.Join(
        ' ', Formats.Select(format => catalog.Find(FormatRuntime.Of(format), RuntimeInformation.OSArchitecture)?.TarSha256 ?? "none"));

    /// <summary>Compares a model's files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="data">The user's own inputs and expected outputs; or null.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="CheckFailedException">They do not compute the same, or not what is expected.</exception>
    /// <exception cref="CheckDataException">The user's inputs or expected outputs do not fit the model.</exception>
    public async Task<ModelCheck> CheckAsync(WrittenModel files, CheckData? data, CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        var sides = new List<Side>();
        var reasons = new List<string>();
        if (files.Reference is { } reference)
        {
            AddSide("onnx", reference);
        }

        foreach (var format in Formats)
        {
            if (files.Missing.TryGetValue(format, out var why))
            {
                reasons.Add(why);
            }
            else if (files.Files.TryGetValue(format, out var file))
            {
                AddSide(format, file);
            }
        }

        double? tolerance = files.Precision == ModelPrecision.Float32 ? Tolerance : null;
        var check = await CompareAsync(sides, reasons, data, tolerance, cancellation);
        return check with { Nanoseconds = (long)Stopwatch.GetElapsedTime(begin).TotalNanoseconds };

        void AddSide(string format, string file)
        {
            try
            {
                sides.Add(new Side(FormatRuntime.ProgramOf(format, catalog), file, files.Inputs));
            }
            catch (RuntimeBuildException problem)
            {
                reasons.Add(problem.Message);
            }
        }
    }

    private static async Task<ModelCheck> CompareAsync(
        List<Side> sides, List<string> reasons, CheckData? data, double? tolerance, CancellationToken cancellation)
    {
        var results = await RunAllAsync(sides, reasons, data, cancellation);
        double? difference = results.Count > 1 ? results.Skip(1).Max(result => Compare(results[0], result, tolerance)) : null;
        double? expected = data is null || results.Count == 0 ? null : results.Max(result => Compare(result, data, tolerance));
        return difference is null && expected is null
            ? ModelCheck.Unchecked(string.Join("; ", reasons))
            : new ModelCheck
            {
                Outcome = CheckOutcome.Passed,
                Difference = difference,
                ExpectedDifference = expected,
                Tolerance = tolerance,
                Runtimes = [.. results.Select(result => result.Name).Distinct()],
                Reason = reasons.Count > 0 ? string.Join("; ", reasons) : null,
            };
    }

    private static async Task<List<Result>> RunAllAsync(
        List<Side> sides, List<string> reasons, CheckData? data, CancellationToken cancellation)
    {
        // Without the user's own outputs one side has nothing to be compared with.
        if (data is null && sides.Count < 2)
        {
            return [];
        }

        try
        {
            return [.. await Task.WhenAll(sides.Select(side => RunAsync(side, data, cancellation)))];
        }
        catch (RunnerFailedException problem) when (!problem.IsUsable)
        {
            reasons.Add(problem.Message);
            return [];
        }
        catch (RunnerFailedException problem)
        {
            throw new CheckFailedException($"the converted model does not run in {problem.Message}");
        }
    }

    private static async Task<Result> RunAsync(Side side, CheckData? data, CancellationToken cancellation)
    {
        var runs = new List<RunnerOutputs>();
        if (data is null)
        {
            foreach (var seed in Seeds)
            {
                runs.Add(await RunnerOutputs.RunAsync(
                    side.Program, side.File, IndexInputs.Of(side.Inputs, seed), seed, Limit, cancellation));
            }
        }
        else
        {
            // What the inputs are called and how large they are is told by a first run.
            var probe = await RunnerOutputs.RunAsync(
                side.Program, side.File, IndexInputs.Of(side.Inputs, Seeds[0]), Seeds[0], Limit, cancellation);
            foreach (var sample in data.Samples(probe.Inputs))
            {
                var inputs = probe.Inputs.Zip(sample, (input, bytes) => (input.Name, bytes)).ToDictionary();
                runs.Add(await RunnerOutputs.RunAsync(side.Program, side.File, inputs, Seeds[0], Limit, cancellation));
            }
        }

        return new Result(runs);
    }

    private static double Compare(Result expected, Result got, double? tolerance)
    {
        var (wanted, given) = (expected.Outputs, got.InOrderOf(expected));
        if (wanted.Count != given.Count)
        {
            throw new CheckFailedException(
                $"the two files differ: {expected.Name} computes {wanted.Count} outputs and {got.Name} {given.Count}");
        }

        return Worst(
            expected.Names.Select((name, index) => (name, OutputComparison.Difference(wanted[index], given[index]))),
            $"the outputs of {got.Name} differ from those of {expected.Name}",
            tolerance);
    }

    private static double Compare(Result got, CheckData data, double? tolerance)
    {
        var expected = data.Expected(got.Descriptions);
        return Worst(
            got.Names.Select((name, index) => (name, OutputComparison.Difference(expected[index], got.Outputs[index]))),
            $"the outputs of {got.Name} differ from the expected ones",
            tolerance);
    }

    private static double Worst(IEnumerable<(string Name, double Difference)> outputs, string what, double? tolerance)
    {
        var (name, difference) = outputs.MaxBy(output => output.Difference);
        return tolerance is null || difference <= tolerance
            ? difference
            : throw new CheckFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{what} by {difference:0.##e+0} of the greatest value of {name}, more than the {tolerance:0e+0} that is allowed"));
    }

    /// <summary>A file, what runs it, and the model's inputs.</summary>
    private sealed record Side(ImageProgram Program, string File, IReadOnlyList<TensorSpec> Inputs);

    /// <summary>What a file computed, over all samples.</summary>
    private sealed record Result(IReadOnlyList<RunnerOutputs> Runs)
    {
        public string Name => $"{Runs[0].Runtime.Name} {Runs[0].Runtime.Version}";

        public IReadOnlyList<RunnerContract.TensorDescription> Descriptions => Runs[0].Outputs;

        public IReadOnlyList<string> Names { get; } = [.. Runs[0].Outputs.Select(output => output.Name)];

        /// <summary>The samples of each output, one behind the other.</summary>
        public IReadOnlyList<double[]> Outputs { get; } =
            [.. Runs[0].Values.Select((_, output) => Runs.SelectMany(run => run.Values[output]).ToArray())];

        /// <summary>The outputs in the order of another file's, where both call them the same; else in their own.</summary>
        public IReadOnlyList<double[]> InOrderOf(Result other) => Names.ToHashSet().SetEquals(other.Names)
            ? [.. other.Names.Select(name => Outputs[Names.ToList().IndexOf(name)])]
            : Outputs;
    }
}

using EdgeBench.Cluster.Checking;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Models;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Cluster.Calibration;

/// <summary>
/// Measures what the tensors inside a model hold for a user's samples. The model runs in the runtime of the format, as a child process: its
/// file computes the ranges itself, so that no activation leaves it.
/// </summary>
/// <param name="catalog">The runtime images, whose programs run the files.</param>
public sealed class RangeCalibration(RuntimeCatalog catalog)
{
    /// <summary>As many bytes of inputs go into one run of the program, or else one sample.</summary>
    private const long BytesAtOnce = 32 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Measures the ranges that a model needs in 8-bit integers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="formats">The formats it is to be written in.</param>
    /// <param name="sources">Where samples of its inputs are.</param>
    /// <param name="folder">A folder for temporary files.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="CalibrationException">The samples do not fit the model, or it does not run.</exception>
    /// <exception cref="ModelNotAcceptedException">A format cannot express the model.</exception>
    public async Task<TensorRanges> MeasureAsync(
        Model model, IEnumerable<string> formats, IReadOnlyList<CalibrationSource> sources, string folder, CancellationToken cancellation)
    {
        var data = CalibrationData.Of(sources, model.Inputs);
        var ranges = new TensorRanges();
        try
        {
            foreach (var format in formats)
            {
                var file = Path.Combine(folder, $"probe.{format}");
                RangeProbe probe;
                await using (var stream = File.Create(file))
                {
                    probe = format == "onnx" ? model.WriteOnnxProbe(stream, cancellation) : model.WriteTfliteProbe(stream, cancellation);
                }

                await MeasureAsync(probe, file, model, data, ranges, cancellation);
                File.Delete(file);
            }
        }
        catch (Exception problem) when (problem is RunnerFailedException or RuntimeBuildException or CheckDataException or RangesException)
        {
            throw new CalibrationException($"int8 could not be calibrated: {problem.Message}", problem);
        }

        return ranges;
    }

    private async Task MeasureAsync(
        RangeProbe probe, string file, Model model, CalibrationData data, TensorRanges ranges, CancellationToken cancellation)
    {
        if (probe.Tensors.Count == 0)
        {
            ranges.Add(probe, [], []);
            return;
        }

        var program = FormatRuntime.ProgramOf(probe.Format, catalog);
        var given = model.Inputs.Select(_ => new MemoryStream()).ToList();
        var samples = 0;
        foreach (var sample in data.Samples())
        {
            if (samples > 0 && given.Sum(input => input.Length) + sample.Sum(input => (long)input.Length) > BytesAtOnce)
            {
                await RunAsync();
            }

            foreach (var (input, raw) in given.Zip(sample))
            {
                input.Write(raw);
            }

            samples++;
        }

        await RunAsync();

        async Task RunAsync()
        {
            var inputs = model.Inputs.Zip(given, (input, raw) => (input.Name, Bytes: raw.ToArray())).ToDictionary();
            await RunnerOutputs.RunAsync(
                program, file, inputs, samples, seed: 0,
                outputs => ranges.Add(probe, Output(outputs, RangeProbe.Minima), Output(outputs, RangeProbe.Maxima)), Limit, cancellation);
            given.ForEach(input => input.SetLength(0));
            samples = 0;
        }
    }

    private static float[] Output(RunnerOutputs outputs, string name) => Array.ConvertAll(
        outputs.Values[outputs.Outputs.ToList().FindIndex(output => output.Name == name)], value => (float)value);
}

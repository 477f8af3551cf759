using System.Runtime.InteropServices;
using EdgeBench.Cluster.Calibration;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Models;
using EdgeBench.Models.Quantization;
using EdgeBench.Tests.Models.Quantization;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.Cluster;

/// <summary>Ranges by the real runtimes as child processes.</summary>
public sealed class RangeCalibrationTests(BuiltImages images) : IDisposable
{
    private const int SampleElements = 64;

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-calibration-").FullName;
    private readonly Model _model = Model.Read(Repository.PathOf("samples", "digits_k3.keras"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_samples_of_a_folder_give_the_ranges_that_this_process_measures()
    {
        var values = Values(7);
        var samples = Directory.CreateDirectory(Path.Combine(_folder, "samples")).FullName;
        File.WriteAllBytes(Path.Combine(samples, "a.raw"), MemoryMarshal.AsBytes(values.AsSpan(0, 5 * SampleElements)).ToArray());
        File.WriteAllBytes(Path.Combine(samples, "b.raw"), MemoryMarshal.AsBytes(values.AsSpan(5 * SampleElements)).ToArray());

        var ranges = await MeasureAsync(samples);

        var measured = Path.Combine(_folder, "measured.json");
        var expected = Path.Combine(_folder, "expected.json");
        ranges.Write(measured);
        Calibrating.Onnx(_model, Calibrating.Samples(_model, values)).Write(expected);
        Assert.Equal(await File.ReadAllTextAsync(expected, Token), await File.ReadAllTextAsync(measured, Token));
    }

    [Theory]
    [InlineData(63, "have 256 each")]
    [InlineData(0, "has 0 bytes")]
    public async Task A_file_that_holds_no_samples_of_the_input_is_told(int elements, string named)
    {
        var file = Path.Combine(_folder, "odd.raw");
        File.WriteAllBytes(file, new byte[elements * sizeof(float)]);

        var problem = await Assert.ThrowsAsync<CalibrationException>(() => MeasureAsync(file));

        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent.raw", "there is no file or folder")]
    [InlineData("other=absent.raw", "the model has no input 'other'")]
    public async Task A_source_that_is_not_there_is_told(string source, string named)
    {
        var problem = await Assert.ThrowsAsync<CalibrationException>(() => MeasureAsync(source));

        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sample_that_is_not_finite_is_told()
    {
        var values = Values(1);
        values[3] = float.NaN;
        var file = Path.Combine(_folder, "nan.raw");
        File.WriteAllBytes(file, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

        var problem = await Assert.ThrowsAsync<CalibrationException>(() => MeasureAsync(file));

        Assert.Contains("not finite", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_image_of_the_runtime_the_line_that_builds_it_is_named()
    {
        var file = Path.Combine(_folder, "samples.raw");
        File.WriteAllBytes(file, MemoryMarshal.AsBytes(Values(1).AsSpan()).ToArray());

        var problem = await Assert.ThrowsAsync<CalibrationException>(() => new RangeCalibration(new RuntimeCatalog(_folder)).MeasureAsync(
            _model, ["onnx"], [CalibrationSource.Parse(file)], _folder, Token));

        Assert.Contains("edgebench runtime build onnxruntime", problem.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<TensorRanges> MeasureAsync(string source)
    {
        await images.OnnxRuntimeAsync();
        return await new RangeCalibration(images.Catalog).MeasureAsync(
            _model, ["onnx"], [CalibrationSource.Parse(source)], _folder, Token);
    }

    private static float[] Values(int samples)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, samples * SampleElements).Select(_ => random.NextSingle())];
    }
}

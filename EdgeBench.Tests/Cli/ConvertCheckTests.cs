using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeBench.Cli;
using EdgeBench.Tests.Cluster;
using EdgeBench.Tests.Runner;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.Cli;

/// <summary><c>edgebench convert</c> with the real runtimes.</summary>
[Collection(EnvironmentTestOrder.Name)]
public sealed class ConvertCheckTests(BuiltImages images) : IDisposable
{
    private static readonly string Sample = Repository.PathOf("samples", "digits_k3.keras");

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-convert-").FullName;
    private readonly string? _runtimes = Environment.GetEnvironmentVariable("EDGEBENCH_RUNTIMES");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("EDGEBENCH_RUNTIMES", _runtimes);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_greatest_difference_and_the_time_of_the_check_are_printed_and_the_file_is_the_same_without_it()
    {
        var (code, output, _) = await ConvertAsync(Sample, "--to", "tflite", "--out", "a.tflite");
        var (unchecked_, text, _) = await ConvertAsync(Sample, "--to", "tflite", "--out", "b.tflite", "--no-check", "--json");

        Assert.Equal((0, 0), (code, unchecked_));
        Assert.Matches(@"the outputs of onnxruntime 1\.31\.1 and tflite 2\.9\.0 differ by \S+ at most \(1e-4 is allowed\) \(.* ms\)", output);
        Assert.Equal("skipped", JsonDocument.Parse(text).RootElement.GetProperty("check").GetProperty("outcome").GetString());
        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "a.tflite")), File.ReadAllBytes(Path.Combine(_folder, "b.tflite")));
        Assert.Equal(["a.tflite", "b.tflite"], Files());
    }

    [Fact]
    public async Task A_check_that_fails_ends_with_1_and_keeps_no_file()
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName;
        WriteNpy(data, "input.npy", [1, 8, 8, 1], new float[64]);
        WriteNpy(data, "expected.npy", [1, 10], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        File.WriteAllText(Path.Combine(_folder, "a.onnx"), "of an earlier day");

        var (code, _, error) = await ConvertAsync(Sample, "--to", "onnx,tflite", "--out", "a", "--check", data);

        Assert.Equal(1, code);
        Assert.Contains("differ from the expected ones by", error, StringComparison.Ordinal);
        Assert.Equal(["a.onnx", "data"], Files());
        Assert.Equal("of an earlier day", File.ReadAllText(Path.Combine(_folder, "a.onnx")));
    }

    [Fact]
    public async Task A_file_that_the_runtime_cannot_run_is_inspected_and_passed_through_with_a_warning()
    {
        var file = Path.Combine(_folder, "new.tflite");
        File.WriteAllBytes(file, TfliteBytes.Rectified([1, 4], operation: 47, version: 2));

        var inspected = await RunAsync("inspect", file);
        var converted = await ConvertAsync(file, "--to", "tflite", "--out", "copy.tflite");
        var other = await ConvertAsync(file, "--to", "onnx", "--out", "copy.onnx");

        Assert.Equal((0, 0, 3), (inspected.Code, converted.Code, other.Code));
        Assert.Contains("EXP version 2 (it has 1)", inspected.Error, StringComparison.Ordinal);
        Assert.Contains("EXP version 2 (it has 1)", converted.Error, StringComparison.Ordinal);
        Assert.Contains("unchecked", converted.Output, StringComparison.Ordinal);
        Assert.Contains("is a TFLite file, which is not turned into ONNX", other.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder, "copy.tflite")));
    }

    private Task<(int Code, string Output, string Error)> ConvertAsync(params string[] arguments)
    {
        var output = Array.IndexOf(arguments, "--out") + 1;
        arguments[output] = Path.Combine(_folder, arguments[output]);
        return RunAsync(["convert", .. arguments]);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await images.OnnxRuntimeAsync();
        await images.TfliteAsync();
        Environment.SetEnvironmentVariable("EDGEBENCH_RUNTIMES", images.Catalog.Folder);
        using StringWriter output = new(), error = new();
        var code = await CommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private IEnumerable<string?> Files() => Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName).Order();

    private static void WriteNpy(string folder, string name, int[] shape, float[] values) => File.WriteAllBytes(
        Path.Combine(folder, name), NpyArrayTests.Npy("<f4", shape, MemoryMarshal.AsBytes(values.AsSpan())));
}

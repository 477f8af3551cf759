using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>A model measured in several precisions, from the command to its table.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class PrecisionTests(BuiltImages images)
{
    [Fact]
    public async Task A_model_is_measured_in_each_precision_and_calibrated_by_the_users_samples()
    {
        await images.OnnxRuntimeAsync();
        await images.TfliteAsync();
        await using var installation = new Installation(images, engine: null);
        await installation.StartNodesAsync("--isolation", "process");
        var samples = Installation.Model("digits_test.images.f32");
        string[] bench = ["bench", Installation.Model("digits_k3.keras"), "--runs", "30", "--min-time", "0", "--starts", "1", "--no-memory"];

        var measured = await installation.RunAsync([.. bench, "--precision", "fp32,fp16,int8", "--calibration", samples, "--json"]);

        // ONNX Runtime is the one that takes no fp16.
        Assert.Equal(3, measured.ExitCode);
        var cells = measured.Json.GetProperty("cells").EnumerateArray().ToList();
        string[] expected =
        [
            "onnxruntime fp32 measured", "onnxruntime fp16 failed", "onnxruntime int8 measured",
            "tflite fp32 measured", "tflite fp16 measured", "tflite int8 measured",
        ];
        Assert.Equal(expected, cells.Select(cell => string.Join(' ', new[] { "runtime", "precision", "phase" }.Select(
            name => cell.GetProperty(name).GetString()))));
        var converted = measured.Json.GetProperty("models")[0].GetProperty("formats").EnumerateArray()
            .Select(format => (
                Precision: format.GetProperty("precision").GetString(),
                Off: format.GetProperty("converted").GetProperty("check").GetProperty("difference").GetDouble(),
                Size: format.GetProperty("converted").GetProperty("file").GetProperty("size").GetInt64()))
            .ToLookup(file => file.Precision);
        Assert.All(converted["fp32"], file => Assert.InRange(file.Off, 0, 1e-4));
        Assert.All(converted["fp16"].Concat(converted["int8"]), file => Assert.InRange(file.Off, 1e-6, 0.1));
        Assert.True(converted["int8"].Max(file => file.Size) < converted["fp32"].Min(file => file.Size));

        var shown = await installation.RunAsync("task", "show", measured.Json.GetProperty("task").GetString()!);
        Assert.Contains("digits_k3 as tflite in int8: the outputs of", shown.Output, StringComparison.Ordinal);

        var odd = installation.PathOf("odd.f32");
        await File.WriteAllBytesAsync(odd, new byte[100], TestContext.Current.CancellationToken);
        var refused = await installation.RunAsync([.. bench, "--precision", "int8", "--calibration", odd, "--runtime", "onnxruntime"]);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("--calibration: odd.f32 has 100 bytes", refused.Error, StringComparison.Ordinal);
    }
}

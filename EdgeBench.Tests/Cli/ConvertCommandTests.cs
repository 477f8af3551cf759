using System.Text.Json;
using EdgeBench.Cli;
using EdgeBench.Tests.Models;

namespace EdgeBench.Tests.Cli;

public sealed class ConvertCommandTests : IDisposable
{
    private static readonly string Digits = Repository.PathOf("samples", "digits_k2.h5");

    private readonly ScratchFolder _scratch = new();

    [Theory]
    [InlineData("digits", "onnx,tflite")]
    [InlineData("digits", "tflite,onnx")]
    [InlineData("digits.onnx", "onnx,tflite")]
    public async Task Two_formats_are_two_files_beside_each_other_and_a_line_for_each(string stem, string formats)
    {
        var (code, output, error) = await RunAsync("convert", Digits, "--to", formats, "--out", _scratch.File(stem), "--no-check");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            [_scratch.File("digits.onnx"), _scratch.File("digits.tflite")],
            Directory.GetFiles(_scratch.Path).Order(StringComparer.Ordinal));
        Assert.Equal(
            formats.Split(',').Select(format => _scratch.File($"digits.{format}")),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains("operators", StringComparison.Ordinal))
                .Select(line => line.Split(": ")[0]));
    }

    [Theory]
    [InlineData("tflite", "TFL3")]
    [InlineData(null, "")]
    public async Task One_format_is_the_file_named_and_onnx_where_none_is_said(string? format, string signature)
    {
        var file = _scratch.File("model.bin");
        string[] to = format is null ? [] : ["--to", format];
        var (code, output, _) = await RunAsync(["convert", Digits, .. to, "--out", file, "--no-check", "--json"]);
        using var report = JsonDocument.Parse(output);
        var written = Assert.Single(report.RootElement.GetProperty("files").EnumerateArray());

        Assert.Equal(0, code);
        Assert.Equal(signature.Length > 0, File.ReadAllBytes(file).AsSpan(4, 4).SequenceEqual("TFL3"u8));
        Assert.Equal(file, written.GetProperty("file").GetString());
        Assert.Equal(format ?? "onnx", written.GetProperty("format").GetString());
        Assert.Equal(new FileInfo(file).Length, written.GetProperty("bytes").GetInt64());
        Assert.Equal("stored", report.RootElement.GetProperty("model").GetProperty("weights").GetString());
    }

    [Fact]
    public async Task What_one_format_cannot_express_is_refused_with_3_and_nothing_is_left()
    {
        await RunAsync("convert", Digits, "--out", _scratch.File("digits.onnx"), "--no-check");
        var (code, output, error) =
            await RunAsync("convert", _scratch.File("digits.onnx"), "--to", "onnx,tflite", "--out", _scratch.File("again"), "--no-check");

        Assert.Equal((3, ""), (code, output));
        Assert.Contains("TFLite", error, StringComparison.Ordinal);
        Assert.Equal([_scratch.File("digits.onnx")], Directory.GetFiles(_scratch.Path));
    }

    public void Dispose() => _scratch.Dispose();

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}

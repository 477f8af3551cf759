using System.Text.Json;
using EdgeBench.Cli;
using EdgeBench.Tests.EndToEnd;
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

    [Theory]
    [InlineData("", "is no file; give the file to write")]
    [InlineData("/", "is no file; give the file to write")]
    [InlineData("/sys", "is no file; give the file to write")]
    [InlineData("/nowhere/model.onnx", "there is no folder /nowhere")]
    [InlineData("/sys/model.onnx", "/sys cannot be written to (permission denied)")]
    public async Task What_cannot_be_written_is_told_in_one_line(string file, string said)
    {
        var (code, output, error) = await RunAsync("convert", Digits, "--out", file, "--no-check");

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("edgebench: --out: ", error, StringComparison.Ordinal);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(character => character == '\n'));
    }

    [Fact]
    public async Task A_name_of_one_format_is_not_given_to_a_file_of_another()
    {
        var (code, _, error) = await RunAsync("convert", Digits, "--out", _scratch.File("model.tflite"), "--no-check");

        Assert.Equal(2, code);
        Assert.Contains("add --to tflite", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public async Task Weights_that_are_a_folder_are_told()
    {
        var (code, _, error) = await RunAsync(
            "convert", Repository.PathOf("zoo", "mobilenet_v1.json"), "--weights", _scratch.Path, "--out", _scratch.File("a.onnx"));

        Assert.Equal(1, code);
        Assert.Contains($"--weights: {_scratch.Path} is a folder", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public async Task Without_room_for_the_file_the_folder_is_named_and_nothing_is_left()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "left out: only root may mount a small folder");
        string[] inSmallFolder =
            ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=32k none \"$0\" && \"$@\"; code=$?; ls -A \"$0\"; exit $code"];
        await using var command = new CommandProcess(
            [.. inSmallFolder, _scratch.Path], ["convert", Digits, "--out", _scratch.File("model.onnx"), "--no-check"],
            new Dictionary<string, string?>());

        var result = await command.ToEndAsync();

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains($"--out: {_scratch.Path} cannot be written to (No space left on device)", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_leaves_nothing_behind()
    {
        await using var command = new CommandProcess(
            [], ["convert", Repository.PathOf("zoo", "densenet201.json"), "--out", _scratch.File("model.onnx")],
            new Dictionary<string, string?>());
        await Condition.HoldsAsync(() => Directory.EnumerateDirectories(_scratch.Path).Any(), "a folder to work in");

        await command.SignalAsync("INT");

        (await command.ToEndAsync()).FailedWith(130, "interrupted");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.Path));
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

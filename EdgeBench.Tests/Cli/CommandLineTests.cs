using System.Text.Json;
using EdgeBench.Cli;
using EdgeBench.Tests.Models;

namespace EdgeBench.Tests.Cli;

[Collection(EnvironmentTestOrder.Name)]
public class CommandLineTests
{
    [Theory]
    [InlineData("bogus")]
    [InlineData("inspect")]
    [InlineData("inspect", "a.h5", "--bogus")]
    [InlineData("inspect", "--bogus")]
    [InlineData("bench", "a.h5", "--bogus")]
    [InlineData("bench")]
    [InlineData("bench", "a.h5", "--threads", "0")]
    [InlineData("bench", "a.h5", "--threads", "4-2")]
    [InlineData("bench", "a.h5", "--threads", "1-2-3")]
    [InlineData("bench", "a.h5", "--threads", "1,,2")]
    [InlineData("bench", "a.h5", "--threads", "1-2000")]
    [InlineData("bench", "a.h5", "--precision", "fp32,fp8")]
    [InlineData("bench", "a.h5", "--calibration", "a.npy")]
    [InlineData("bench", "a.h5", "--precision", "fp32,fp16", "--ranges", "a.json")]
    [InlineData("bench", "a.h5", "--precision", "int8", "--calibration", "a.npy", "--ranges", "a.json")]
    [InlineData("bench", "a.h5", "--device", "pi4,-")]
    [InlineData("bench", "--zoo", "jungle")]
    [InlineData("bench", "a.h5", "--runs", "x")]
    [InlineData("bench", "a.h5", "--starts", "51")]
    [InlineData("bench", "a.h5", "--until", "2")]
    [InlineData("bench", "a.h5", "--until", "90%")]
    [InlineData("bench", "a.h5", "--min-time", "2x")]
    [InlineData("bench", "a.h5", "--min-time", "1h")]
    [InlineData("bench", "a.h5", "--max-time", "3s")]
    [InlineData("bench", "a.h5", "--memory", "--no-memory")]
    [InlineData("bench", "a.h5", "--input", "image")]
    [InlineData("bench", "a.h5", "--runtime-option", "xnnpack=on", "--runtime-option", "xnnpack=off")]
    [InlineData("task", "show", "0123456789ab/0")]
    [InlineData("task", "show", "0123456789ab", "--samples", "--csv")]
    [InlineData("compare", "0123456789ab")]
    [InlineData("compare", "0123456789ab", "0123456789ab", "--rounds", "0")]
    [InlineData("convert", "a.h5", "--to", "caffe", "--out", "b")]
    [InlineData("convert", "a.h5", "--to", "onnx,onnx", "--out", "b")]
    [InlineData("convert", "a.h5", "--to", "tflite,", "--out", "b")]
    [InlineData("convert", "a.h5", "--to", "onnx", "--out", "b", "--shape", "image=0,1")]
    [InlineData("convert", "a.h5", "--to", "onnx", "--out", "b", "--shape", "16,16,3")]
    [InlineData("convert", "a.h5", "--to", "onnx", "--out", "b", "--synthetic-seed", "-1")]
    [InlineData("convert", "a.h5", "--to", "tflite", "--out", "b.onnx")]
    [InlineData("convert", "a.h5", "--out", "b", "--precision", "fp8")]
    [InlineData("convert", "a.h5", "--out", "b", "--precision", "fp32", "--precision", "int8")]
    [InlineData("convert", "a.h5", "--out", "b", "--precision")]
    [InlineData("convert", "a.h5", "--out", "b", "--ranges", "r.json")]
    [InlineData("convert", "a.h5", "--out", "b", "--no-pass", "none")]
    [InlineData("task", "show", "not-an-id")]
    [InlineData("device", "list", "--server", "host:port")]
    public async Task What_is_not_known_ends_with_2_and_one_line(params string[] arguments)
    {
        using var token = TokenFor("any");
        var (code, output, error) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Equal(1, error.Count(character => character == '\n'));
        Assert.StartsWith("edgebench: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_are_printed_in_one_form()
    {
        var (code, output, error) = await RunAsync("task", "show", "0123456789ab", "--json", "--csv");

        Assert.Equal(2, code);
        Assert.Contains("--json and --csv", error, StringComparison.Ordinal);
        using var parsed = JsonDocument.Parse(output);
        Assert.Equal("usage", parsed.RootElement.GetProperty("error").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task The_zoo_is_told_where_a_name_is_not_in_it()
    {
        var (_, _, error) = await RunAsync("bench", "--zoo", "paper,jungle");

        Assert.Contains(
            "--zoo jungle: there are paper, densenet201, efficientnet_b0, mobilenet_v1, mobilenet_v2, resnet50", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_ends_with_1_and_its_name()
    {
        var (code, output, error) = await RunAsync("inspect", "no-such-file.h5");

        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Equal("edgebench: there is no file no-such-file.h5\n", error);
    }

    [Theory]
    [InlineData("bench", "net.weights.json")]
    [InlineData("bench", "net.json", "--weights", "net.weights.json")]
    public async Task A_list_of_weights_is_not_measured_and_what_to_do_is_told(params string[] arguments)
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder.File("net.json"), "{}");
        File.WriteAllText(folder.File("net.weights.json"), "{}");
        string[] paths = [.. arguments.Select(word => word.EndsWith(".json", StringComparison.Ordinal) ? folder.File(word) : word)];

        var (code, _, error) = await RunAsync(paths);

        Assert.Equal(1, code);
        Assert.Contains("net.weights.json lists weights in other files", error, StringComparison.Ordinal);
        Assert.Contains("edgebench convert", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_an_error_is_an_object_on_standard_output_too()
    {
        var (code, output, error) = await RunAsync("inspect", "no-such-file.h5", "--json");

        using var parsed = JsonDocument.Parse(output);
        var described = parsed.RootElement.GetProperty("error");
        Assert.Equal(code, described.GetProperty("exitCode").GetInt32());
        Assert.Equal("there is no file no-such-file.h5", described.GetProperty("message").GetString());
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task A_stack_trace_is_for_verbose_only()
    {
        var (_, _, plain) = await RunAsync("inspect", "no-such-file.h5");
        var (_, _, verbose) = await RunAsync("inspect", "no-such-file.h5", "--verbose");

        Assert.DoesNotContain("   at ", plain, StringComparison.Ordinal);
        Assert.Contains("   at ", verbose, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_ends_with_4_and_what_to_do()
    {
        using var token = TokenFor("any");
        var (code, _, error) = await RunAsync("device", "list", "--server", "127.0.0.1:1");

        Assert.Equal(4, code);
        Assert.Contains("edgebench server", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_command()
    {
        var (code, output, _) = await RunAsync("--help");

        Assert.Equal(0, code);
        Assert.All(
            ["bench", "task", "compare", "device", "cluster", "convert", "inspect", "server", "edge", "runtime"],
            command => Assert.Contains($"  {command} ", output, StringComparison.Ordinal));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private static EnvironmentVariable TokenFor(string token) => new("EDGEBENCH_TOKEN", token);

    /// <summary>Sets a variable of the environment while a test runs.</summary>
    private sealed class EnvironmentVariable : IDisposable
    {
        private readonly string _name;
        private readonly string? _before;

        public EnvironmentVariable(string name, string value)
        {
            _name = name;
            _before = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, _before);
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.Runner;

/// <summary>docs/runner-contract.md, read as a stranger would who writes a runner by it.</summary>
public sealed partial class ContractDocumentTests
{
    private static readonly string Document = File.ReadAllText(Repository.PathOf("docs", "runner-contract.md"));

    internal static Dictionary<string, string> Examples => ExamplePattern().Matches(Document)
        .ToDictionary(match => match.Groups["type"].Value, match => match.Groups["text"].Value);

    [Fact]
    public void Every_line_has_an_example_that_says_all_it_can()
    {
        var lines = typeof(RunnerLine).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RunnerLine)));

        Assert.All(lines, type =>
        {
            var text = Examples[type.Name].Trim();
            var line = RunnerJson.ReadLine(text);
            Assert.IsType(type, line);
            Assert.True(JsonElement.DeepEquals(Parse(text), Parse(RunnerJson.WriteLine(line!))), text);
        });
    }

    [Fact]
    public void The_example_of_a_job_names_every_property()
    {
        var job = JsonSerializer.Deserialize(Examples[nameof(Job)], RunnerJson.Default.Job)!;

        Assert.True(JsonElement.DeepEquals(Parse(Examples[nameof(Job)]), Parse(JsonSerializer.Serialize(job, RunnerJson.Default.Job))));
    }

    [Fact]
    public void The_example_of_a_manifest_names_every_property()
    {
        var text = Examples[nameof(RuntimeManifest)];
        var manifest = JsonSerializer.Deserialize(text, RunnerJson.Default.RuntimeManifest)!;

        Assert.True(JsonElement.DeepEquals(Parse(text), Parse(JsonSerializer.Serialize(manifest, RunnerJson.Default.RuntimeManifest))));
    }

    [Fact]
    public void The_example_of_an_image_is_read()
    {
        var image = JsonSerializer.Deserialize(Examples[nameof(RuntimeImage)], RunnerJson.Default.RuntimeImage)!;

        Assert.Equal("mine", image.Runtime.Name);
        Assert.Empty(image.Runtime.Options);
        Assert.Equal(
            Names(JsonSerializer.Serialize(image, RunnerJson.Default.RuntimeImage)),
            Names(Examples[nameof(RuntimeImage)]));
    }

    [Fact]
    public void The_values_for_what_a_job_leaves_out_are_those_of_the_document()
    {
        const string Least = """{ "contract": 1, "mode": "measure", "model": "m", "threads": 1 }""";

        var job = JsonSerializer.Deserialize(Least, RunnerJson.Default.Job)!;

        Assert.Equal((new WarmUpPlan(5, 200, 10_000), new TimedPlan(30, 0), 0UL), (job.WarmUp, job.Timed, job.Seed));
        Assert.Empty(job.Inputs);
        Assert.Empty(job.Options);
        Assert.Contains("| 5 runs, 200 ms, 10 000 ms |", Document, StringComparison.Ordinal);
        Assert.Contains("| 30 runs, 0 ms |", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_exit_code_and_every_element_type_is_in_the_document()
    {
        Assert.All(Enum.GetValues<FailureCode>(), code => Assert.Contains(
            $"| {(int)code} | `{JsonNamingPolicy.CamelCase.ConvertName(code.ToString())}` |", Document, StringComparison.Ordinal));
        Assert.All(Enum.GetValues<ElementType>(), type => Assert.Contains(
            $"`{type.ToString().ToLowerInvariant()}`", Document, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(42, 0, new[] { 0.74156487f, 0.15991038f, 0.27860111f, 0.34419066f })]
    [InlineData(42, 1, new[] { 0.84369057f, 0.036806524f })]
    public void Seeded_inputs_begin_as_the_document_says(ulong seed, int input, float[] expected)
    {
        Assert.Equal(expected, expected.Select((_, index) => SeededInput.Element(seed, input, index)));
    }

    [Theory]
    [InlineData(JobMode.Measure)]
    [InlineData(JobMode.Outputs)]
    public async Task The_runner_of_one_s_own_keeps_to_the_contract(JobMode mode)
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, [1]).With("input.raw", [1, 2, 3, 4])
            .With(RunnerProcess.Quick with { Mode = mode, Timed = new TimedPlan(Runs: 3) });
        var folder = Directory.CreateTempSubdirectory("edgebench-script-").FullName;
        var script = WriteProgram(folder, "run.sh", Examples["script"]);
        WriteProgram(folder, "infer", "#!/bin/sh\nexec cp \"$2\" \"$3\"\n");

        var result = await runner.RunAsync(script, [runner.Folder]);

        Directory.Delete(folder, recursive: true);
        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.IsType<CompletedLine>(result.Lines[^1]);
        if (mode == JobMode.Measure)
        {
            Assert.Equal(3, result.Lines.OfType<SamplesLine>().Sum(line => line.Nanoseconds.Count));
        }
        else
        {
            Assert.Equal([1, 2, 3, 4], result.Output("y"));
        }
    }

    private static string WriteProgram(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static IEnumerable<string> Names(string json) => Parse(json).EnumerateObject().Select(property => property.Name).Order();

    private static JsonElement Parse(string text) => JsonDocument.Parse(text).RootElement;

    [GeneratedRegex("<!-- example: (?<type>\\w+) -->\n```\\w+\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ExamplePattern();
}

using System.Runtime.InteropServices;
using EdgeBench.Runner.Engines.Tflite;
using EdgeBench.Runner.Measuring;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.Runner;

/// <summary>The engine in the program of the real image, with the real library.</summary>
public sealed class TfliteEngineTests(BuiltImages images)
{
    private const string ModelFile = "model.tflite";

    private static readonly Job Quick = RunnerProcess.Quick with { Model = ModelFile };
    private static readonly Job Outputs = Quick with { Mode = JobMode.Outputs };

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task A_model_is_measured_with_and_without_XNNPACK(string xnnpack)
    {
        var options = new Dictionary<string, string> { ["xnnpack"] = xnnpack };

        var result = await RunAsync(TfliteBytes.Doubling(), Quick with { Options = options });

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal(new StartedLine(ContractVersion.Current, new RuntimeIdentity("tflite", "2.9.0")), result.The<StartedLine>());
        var loaded = result.The<LoadedLine>();
        Assert.Equal<IReadOnlyDictionary<string, string>>(options, loaded.Options);
        Assert.Equal(10, result.The<SamplesLine>().Nanoseconds.Count);
        Assert.InRange(result.The<CompletedLine>().PeakResidentBytes ?? 0, 1_000_000, 50_000_000);
        Assert.Equal(xnnpack == "on", result.Diagnostics.Contains("XNNPACK", StringComparison.Ordinal));
        Assert.Equal(xnnpack == "on" ? "XNNPACK" : null, loaded.AskedProvider);
        Assert.Equal(
            xnnpack == "on" ? new Dictionary<string, int> { ["XNNPACK"] = 1, ["built-in kernels"] = 0 } : null, loaded.Providers);
    }

    [Fact]
    public async Task What_XNNPACK_leaves_to_the_other_kernels_is_counted_apart()
    {
        var loaded = (await RunAsync(TfliteBytes.Exponential(), Quick)).The<LoadedLine>();

        Assert.Equal(new Dictionary<string, int> { ["XNNPACK"] = 2, ["built-in kernels"] = 1 }, loaded.Providers);
    }

    [Fact]
    public async Task XNNPACK_is_on_where_nothing_is_said() =>
        Assert.Equal("on", (await RunAsync(TfliteBytes.Doubling(), Quick)).The<LoadedLine>().Options["xnnpack"]);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Outputs_are_computed_under_the_names_of_the_signature_and_an_open_batch_is_one(int batch)
    {
        float[] x = [0.5f, -1, 2, 0.25f];
        using var runner = new RunnerProcess().With("x.raw", MemoryMarshal.AsBytes(x.AsSpan()));

        var result = await RunAsync(TfliteBytes.Doubling(batch), Outputs with { Inputs = [new JobInput("x", "x.raw")] }, runner);

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal([1f, -2, 4, 0.5f], MemoryMarshal.Cast<byte, float>(result.Output("y")).ToArray());
        var loaded = result.The<LoadedLine>();
        Assert.Equivalent(new TensorDescription("x", ElementType.Float32, [1, 4]), Assert.Single(loaded.Inputs), strict: true);
        Assert.Equivalent(new TensorDescription("y", ElementType.Float32, [1, 4]), Assert.Single(loaded.Outputs), strict: true);
    }

    [Fact]
    public async Task Without_a_signature_the_tensors_have_their_own_names_and_the_seed_fills_them()
    {
        var result = await RunAsync(TfliteBytes.Rectified([1, 4]), Outputs with { Seed = 42 });

        Assert.Equal([0.74156487f, 0.15991038f, 0.2786011f, 0.34419066f], MemoryMarshal.Cast<byte, float>(result.Output("y")).ToArray());
    }

    [Fact]
    public async Task Variables_are_reset_before_each_run()
    {
        var once = await RunAsync(TfliteBytes.Remembering(), Outputs with { Seed = 7 });
        var often = await RunAsync(TfliteBytes.Remembering(), Quick with { Seed = 7 });

        Assert.True(once.ExitCode == 0, once.Diagnostics);
        Assert.Equal(SeededInput.Element(7, 0, 0), MemoryMarshal.Read<float>(once.Output("y")));
        Assert.Equal(once.The<CompletedLine>().OutputsSha256, often.The<CompletedLine>().OutputsSha256);
    }

    [Fact]
    public async Task An_output_whose_size_only_a_run_tells_is_returned()
    {
        using var runner = new RunnerProcess().With("size.raw", MemoryMarshal.AsBytes<int>([4, 1]));
        var job = Outputs with
        {
            Inputs = [new JobInput("size", "size.raw")],
            Options = new Dictionary<string, string> { ["xnnpack"] = "off" },
        };

        var result = await RunAsync(TfliteBytes.Dynamic(), job, runner);

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal([-1, -1], result.The<LoadedLine>().Outputs[0].Shape);
        Assert.Equal(4 * sizeof(float), result.Output("y").Length);
    }

    public static TheoryData<string, byte[], string> ModelsThatAreNotLoaded => new()
    {
        { "truncated", TfliteBytes.Doubling()[..120], "no valid" },
        { "empty", [], "no valid" },
        { "junk", [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))], "no valid" },
        { "unknown version", TfliteBytes.Rectified([1, 4], version: 77), "RELU' version '77'" },
        { "unknown operator", TfliteBytes.Rectified([1, 4], operation: 200), "200" },
        { "open dimension", TfliteBytes.Rectified([1, -1, -1]), "dimension 1" },
        { "text", TfliteBytes.Rectified([1, 4], TfliteBytes.Text), "xnnpack=off" },
    };

    [Theory]
    [MemberData(nameof(ModelsThatAreNotLoaded))]
    public async Task A_model_that_is_not_accepted_is_refused_with_what_the_library_says(string kind, byte[] model, string named)
    {
        var result = await RunAsync(model, Quick);

        Assert.True(result.Lines[0] is StartedLine, kind);
        var failure = result.Failure();
        Assert.Equal(FailureCode.ModelNotLoaded, failure.Code);
        Assert.Contains(named, failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_run_that_fails_is_told_with_what_the_library_says()
    {
        var failure = (await RunAsync(TfliteBytes.Rectified([1, 4], TfliteBytes.Int32), Quick)).Failure();

        Assert.Equal(FailureCode.RunFailed, failure.Code);
        Assert.Contains("RELU", failure.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_input_of_texts_is_refused_by_its_name()
    {
        var job = Quick with { Options = new Dictionary<string, string> { ["xnnpack"] = "off" } };

        var failure = (await RunAsync(TfliteBytes.Rectified([1, 4], TfliteBytes.Text), job)).Failure();

        Assert.Equal(FailureCode.ModelNotLoaded, failure.Code);
        Assert.Contains("input x has elements of TensorFlow Lite's type 5", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xnnpack", "fast", "on, off")]
    [InlineData("spinning", "on", "xnnpack")]
    public async Task Options_that_it_does_not_know_are_refused(string option, string value, string named)
    {
        var failure = (await RunAsync(TfliteBytes.Doubling(), Quick with { Options = new Dictionary<string, string> { [option] = value } }))
            .Failure();

        Assert.Equal(FailureCode.JobNotValid, failure.Code);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_without_the_library_beside_it_says_so()
    {
        using var runner = new RunnerProcess().With(ModelFile, TfliteBytes.Doubling()).With(Quick);

        var failure = (await runner.RunAsync(arguments: ["tflite", runner.Folder])).Failure();

        Assert.Equal(FailureCode.RuntimeNotUsable, failure.Code);
        Assert.Contains(TfliteLibrary.FileName, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_of_an_image_has_no_other_engine_and_names_its_own()
    {
        using var runner = new RunnerProcess().With(Quick);

        var failure = (await runner.RunAsync(await ProgramAsync(), ["onnxruntime", runner.Folder])).Failure();

        Assert.Equal(FailureCode.JobNotValid, failure.Code);
        Assert.Contains("it has: tflite", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timed_runs_allocate_nothing()
    {
        using var folder = new RunnerProcess().With(ModelFile, TfliteBytes.Remembering());
        var engine = new TfliteEngine(Path.GetDirectoryName(await ProgramAsync())!);
        engine.Identify();
        using var model = engine.Load(Path.Combine(folder.Folder, ModelFile), 1, new Dictionary<string, string>());
        var samples = new long[1000];
        Measurement.TimeRuns(model, samples, long.MaxValue);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var runs = Measurement.TimeRuns(model, samples, long.MaxValue);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(1000, runs);
        Assert.Equal(0, allocated);
    }

    private async Task<RunnerResult> RunAsync(byte[] model, Job job, RunnerProcess? runner = null)
    {
        using var own = runner is null ? new RunnerProcess() : null;
        var folder = runner ?? own!;
        return await folder.With(ModelFile, model).With(job).RunAsync(await ProgramAsync(), ["tflite", folder.Folder]);
    }

    private async Task<string> ProgramAsync() => Path.Combine(images.Unpack(await images.TfliteAsync()), "edgebench-runner");
}

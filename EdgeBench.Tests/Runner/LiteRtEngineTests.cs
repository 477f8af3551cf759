using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Runner.Engines.LiteRt;
using EdgeBench.Runner.Measuring;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.Runner;

/// <summary>
/// The engine in the runner's process, with a library that stands in for LiteRT's. It ends the process where a call is out of order or a
/// structure or a buffer is not what LiteRT's must be, so that each test here checks that too.
/// </summary>
public sealed class LiteRtEngineTests(LiteRtStub stub) : IClassFixture<LiteRtStub>
{
    private const string ModelFile = "model.tflite";

    private static readonly Job Quick = RunnerProcess.Quick with { Model = ModelFile };
    private static readonly Job Outputs = Quick with { Mode = JobMode.Outputs };

    [Theory]
    [InlineData("on", 1, "delegate")]
    [InlineData("off", 3, "builtin")]
    public async Task A_model_is_measured_with_the_asked_threads_and_kernels_and_all_is_freed(string xnnpack, int threads, string mode)
    {
        var options = new Dictionary<string, string> { ["xnnpack"] = xnnpack };

        var result = await RunAsync(TfliteBytes.Doubling(), Quick with { Options = options, Threads = threads });

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        var version = $"sha256-{Sha256.OfFile(stub.Library).Hex[..12]}";
        Assert.Equal(new StartedLine(ContractVersion.Current, new RuntimeIdentity("litert", version)), result.The<StartedLine>());
        Assert.Equal<IReadOnlyDictionary<string, string>>(options, result.The<LoadedLine>().Options);
        Assert.Equal(10, result.Lines.OfType<SamplesLine>().Sum(line => line.Nanoseconds.Count));
        Assert.Contains($"stub: options: num_threads = {threads}\nkernel_mode = \"{mode}\"\n", result.Diagnostics, StringComparison.Ordinal);
        // There are untimed runs between the lines of samples as well.
        var freed = Regex.Match(result.Diagnostics, "stub: all is freed after ([0-9]+) runs");
        Assert.InRange(
            int.Parse(freed.Groups[1].ValueSpan, CultureInfo.InvariantCulture), 1 + result.The<WarmedUpLine>().Runs + 10, int.MaxValue);
    }

    [Fact]
    public async Task XNNPACK_is_on_where_nothing_is_said() =>
        Assert.Equal("on", (await RunAsync(TfliteBytes.Doubling(), Quick)).The<LoadedLine>().Options["xnnpack"]);

    [Theory]
    [InlineData(1, "in 1:1,4 out 1:1,4")]
    [InlineData(-1, "in 1:-1,4 out 1:-1,4")]
    public async Task Outputs_are_computed_under_the_names_of_the_signature_and_an_open_batch_is_one(int batch, string graph)
    {
        float[] x = [0.5f, -1, 2, 0.25f];
        using var runner = new RunnerProcess().With("x.raw", MemoryMarshal.AsBytes(x.AsSpan()));

        var result = await RunAsync(TfliteBytes.Doubling(batch), Outputs with { Inputs = [new JobInput("x", "x.raw")] }, graph, runner: runner);

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal([1f, -2, 4, 0.5f], MemoryMarshal.Cast<byte, float>(result.Output("y")).ToArray());
        var loaded = result.The<LoadedLine>();
        Assert.Equivalent(new TensorDescription("x", ElementType.Float32, [1, 4]), Assert.Single(loaded.Inputs), strict: true);
        Assert.Equivalent(new TensorDescription("y", ElementType.Float32, [1, 4]), Assert.Single(loaded.Outputs), strict: true);
    }

    [Theory]
    [InlineData(3, ElementType.UInt8)]
    [InlineData(9, ElementType.Int8)]
    [InlineData(6, ElementType.Bool)]
    [InlineData(4, ElementType.Int64)]
    public async Task Elements_of_other_types_are_handed_on_as_they_are(int type, ElementType element)
    {
        var model = TfliteBytes.Rectified([1, 2, 3]);

        var result = await RunAsync(model, Outputs with { Seed = 42 }, $"in {type}:1,2,3 out {type}:1,2,3");

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal((element, element), (result.The<LoadedLine>().Inputs[0].Type, result.The<LoadedLine>().Outputs[0].Type));
        // Of the seeded values 0.74, 0.16, 0.28, 0.34, ... only the first is at least 0.5.
        Assert.Equal([1, 0], result.Output("y").Take(2));
        Assert.Equal(6 * (type == 4 ? 8 : 1), result.Output("y").Length);
    }

    [Fact]
    public async Task An_output_that_is_an_input_has_what_the_input_has()
    {
        var model = TfliteBytes.Codes(new TfliteBytes.Code(TfliteBytes.Add));

        var result = await RunAsync(model, Outputs with { Seed = 42 }, "in 1:1,4 in 1:1,4 out =0 out =1");

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal([0.74156487f, 0.15991038f, 0.2786011f, 0.34419066f], Floats(result, "t0"));
        Assert.Equal([0.84369057f, 0.036806524f], Floats(result, "t1").Take(2));
    }

    [Theory]
    [InlineData("in 1:1,4 out 1:-2,4", "output y has a size that only a run tells")]
    [InlineData("in 5:1,4 out 1:1,4", "input x has elements of TensorFlow Lite's type 5")]
    [InlineData("in 1:1,4 in 1:1,4 out 1:1,4", "its first signature has 2 inputs and 1 outputs, its first graph 1 and 1")]
    [InlineData("in 1:4 out 1:4", "input x has 2 dimensions; the library says 1")]
    public async Task A_graph_that_cannot_be_run_is_refused_with_the_reason(string graph, string named)
    {
        var failure = (await RunAsync(TfliteBytes.Doubling(), Quick, graph)).Failure();

        Assert.Equal(FailureCode.ModelNotLoaded, failure.Code);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_open_dimension_than_the_batch_is_refused_by_its_name()
    {
        var failure = (await RunAsync(TfliteBytes.Rectified([1, -1, 4]), Quick, "in 1:1,-1,4 out 1:1,-1,4")).Failure();

        Assert.Contains("input x leaves dimension 1 open", failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "cut off", TfliteBytes.Doubling()[..6], "LiteRtCreateModelFromBuffer ended with status 501 (invalid FlatBuffer)" },
        { "empty", [], "the model file is empty" },
        { "junk", [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))], "LiteRtCreateModelFromBuffer ended with status 501" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task A_damaged_model_is_refused(string kind, byte[] model, string named)
    {
        var failure = (await RunAsync(model, Quick)).Failure();

        Assert.Equal(FailureCode.ModelNotLoaded, failure.Code);
        Assert.True(failure.Message.Contains(named, StringComparison.Ordinal), $"{kind}: {failure.Message}");
    }

    [Theory]
    [InlineData("CreateEnvironment", 3, FailureCode.RuntimeNotUsable, "runtime failure")]
    [InlineData("CreateModelFromBuffer", 5, FailureCode.ModelNotLoaded, "unsupported")]
    [InlineData("CreateOptions", 2, FailureCode.RuntimeNotUsable, "out of memory")]
    [InlineData("SetOptionsHardwareAccelerators", 1, FailureCode.RuntimeNotUsable, "invalid argument")]
    [InlineData("CreateOpaqueOptions", 1, FailureCode.RuntimeNotUsable, "invalid argument")]
    [InlineData("AddOpaqueOptions", 1, FailureCode.RuntimeNotUsable, "invalid argument")]
    [InlineData("CreateCompiledModel", 504, FailureCode.ModelNotLoaded, "compilation")]
    [InlineData("GetModelSignature", 1000, FailureCode.ModelNotLoaded, "index out of bounds")]
    [InlineData("GetNumSignatureInputs", 1, FailureCode.ModelNotLoaded, "invalid argument")]
    [InlineData("GetNumSignatureOutputs", 1, FailureCode.ModelNotLoaded, "invalid argument")]
    [InlineData("GetSignatureInputTensorByIndex", 1000, FailureCode.ModelNotLoaded, "index out of bounds")]
    [InlineData("GetSignatureOutputTensorByIndex", 1000, FailureCode.ModelNotLoaded, "index out of bounds")]
    [InlineData("GetRankedTensorType", 1, FailureCode.ModelNotLoaded, "invalid argument")]
    [InlineData("CompiledModelResizeInputTensor", 3, FailureCode.ModelNotLoaded, "runtime failure")]
    [InlineData("GetCompiledModelOutputTensorLayouts", 3, FailureCode.ModelNotLoaded, "runtime failure")]
    [InlineData("GetCompiledModelInputBufferRequirements", 6, FailureCode.ModelNotLoaded, "not found")]
    [InlineData("GetCompiledModelOutputBufferRequirements", 6, FailureCode.ModelNotLoaded, "not found")]
    [InlineData("CreateManagedTensorBufferFromRequirements", 2, FailureCode.ModelNotLoaded, "out of memory")]
    [InlineData("GetTensorBufferPackedSize", 777, FailureCode.ModelNotLoaded, "not documented")]
    [InlineData("LockTensorBuffer", 9, FailureCode.RunFailed, "unknown")]
    [InlineData("UnlockTensorBuffer", 9, FailureCode.RunFailed, "unknown")]
    [InlineData("RunCompiledModel", 3, FailureCode.RunFailed, "runtime failure")]
    public async Task A_call_that_fails_is_told_with_its_name_and_status(string call, int status, FailureCode code, string word)
    {
        var result = await RunAsync(TfliteBytes.Doubling(batch: -1), Quick, "in 1:-1,4 out 1:-1,4", $"{call}={status}");

        var failure = result.Failure();
        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain("stub: Lite", result.Diagnostics, StringComparison.Ordinal);
        Assert.Contains($"LiteRt{call} ended with status {status} ({word})", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_without_the_library_beside_it_says_so()
    {
        using var runner = new RunnerProcess().With(ModelFile, TfliteBytes.Doubling()).With(Quick);

        var failure = (await runner.RunAsync(arguments: ["litert", runner.Folder])).Failure();

        Assert.Equal(FailureCode.RuntimeNotUsable, failure.Code);
        Assert.Contains(LiteRtLibrary.FileName, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Timed_runs_allocate_nothing()
    {
        using var folder = new RunnerProcess().With(ModelFile, TfliteBytes.Doubling());
        var engine = new LiteRtEngine(stub.Folder);
        engine.Identify();
        using var model = engine.Load(Path.Combine(folder.Folder, ModelFile), 1, new Dictionary<string, string>());
        model.Input(0).Clear();
        var samples = new long[1000];
        Measurement.TimeRuns(model, samples, long.MaxValue);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var runs = Measurement.TimeRuns(model, samples, long.MaxValue);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(1000, runs);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task The_program_of_an_image_has_the_engine_as_native_code_and_no_other()
    {
        var catalog = new RuntimeCatalog(Path.Combine(stub.Folder, "images"));
        var image = await new RuntimeImageBuilder(Repository.Root, catalog).BuildAsync(
            "litert", RuntimeInformation.OSArchitecture, null, TestContext.Current.CancellationToken, new OwnLibrary(stub.Library, null));
        var hash = Sha256.OfFile(stub.Library).Hex;
        Assert.Equal($"sha256-{hash[..12]}", image.Runtime.Version);
        Assert.Equal(hash, image.Libraries[LiteRtLibrary.FileName]);
        var unpacked = Path.Combine(stub.Folder, "unpacked");
        DockerArchive.UnpackProgram(catalog.TarOf(image), unpacked);
        var program = Path.Combine(unpacked, "edgebench-runner");

        var result = await RunAsync(TfliteBytes.Doubling(-1), Outputs with { Seed = 42 }, "in 1:-1,4 out 1:-1,4", program: program);
        using var other = new RunnerProcess().With(Quick);
        var failure = (await other.RunAsync(program, ["tflite", other.Folder])).Failure();

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal(2 * 0.74156487f, Floats(result, "y")[0]);
        Assert.Contains("stub: all is freed after 1 runs", result.Diagnostics, StringComparison.Ordinal);
        Assert.Contains("it has: litert", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_libraries_that_are_known_by_their_hashes_are_those_that_are_pinned()
    {
        var manifest = RuntimeFolder.Read(Repository.PathOf("runtimes"), LiteRtEngine.Name);
        var pinned = RuntimeBuild.Read(Repository.PathOf("runtimes"), manifest).Libraries;

        Assert.Equal(pinned.ToDictionary(library => library.Sha256, _ => manifest.Version), LiteRtLibrary.Versions);
        Assert.All(pinned, library => Assert.Equal($"ai-edge-litert=={manifest.Version}", library.Pip!.Requirement));
    }

    [Theory]
    [InlineData("xnnpack", "fast", "on, off")]
    [InlineData("spinning", "on", "xnnpack")]
    public async Task Options_that_it_does_not_know_are_refused(string option, string value, string named)
    {
        var job = Quick with { Options = new Dictionary<string, string> { [option] = value } };

        var failure = (await RunAsync(TfliteBytes.Doubling(), job)).Failure();

        Assert.Equal(FailureCode.JobNotValid, failure.Code);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    private static float[] Floats(RunnerResult result, string output) => MemoryMarshal.Cast<byte, float>(result.Output(output)).ToArray();

    private async Task<RunnerResult> RunAsync(
        byte[] model, Job job, string graph = "in 1:1,4 out 1:1,4", string? fail = null, RunnerProcess? runner = null, string? program = null)
    {
        using var own = runner is null ? new RunnerProcess() : null;
        var folder = runner ?? own!;
        var environment = new Dictionary<string, string> { ["LITERT_STUB_GRAPH"] = graph };
        if (fail is not null)
        {
            environment["LITERT_STUB_FAIL"] = fail;
        }

        return await folder.With(ModelFile, model).With(job)
            .RunAsync(program ?? stub.Program, ["litert", folder.Folder], environment);
    }
}

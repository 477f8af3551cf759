using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.Runner;

public sealed class FailureTests
{
    public static TheoryData<string, string> JobsThatAreNotValid => new()
    {
        { "{ not json", "not as the contract says" },
        { "[]", "none given" },
        { """{ "mode": "measure" }""", "none given" },
        { """{ "contract": "1" }""", "not as the contract says" },
        { """{ "contract": 2, "anything": "else" }""", "version 2" },
        { """{ "contract": 1, "mode": "dance", "model": "model.onnx", "threads": 1 }""", "mode" },
        { """{ "contract": 1, "mode": "measure", "threads": 1 }""", "model" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Model = "absent.onnx" }), "absent.onnx" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Model = "../model.onnx" }), "../model.onnx" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Model = "/etc/passwd" }), "/etc/passwd" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Threads = 0 }), "threads" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Timed = new TimedPlan(0) }), "timed" },
        { RunnerProcess.Json(RunnerProcess.Quick with { WarmUp = new WarmUpPlan(-1) }), "warmUp" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Options = new Dictionary<string, string> { ["sping"] = "on" } }), "sping" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Options = new Dictionary<string, string> { ["spinning"] = "fast" } }), "fast" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Inputs = [new JobInput("z", "short.raw")] }), "z" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Inputs = [new JobInput("x", "absent.raw")] }), "absent.raw" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Inputs = [new JobInput("x", "short.raw")] }), "takes 16" },
        { RunnerProcess.Json(RunnerProcess.Quick with { Inputs = [new JobInput("x", "short.raw"), new JobInput("x", "x.raw")] }), "twice" },
    };

    [Theory]
    [MemberData(nameof(JobsThatAreNotValid))]
    public async Task A_job_that_is_not_valid_is_refused_by_name(string job, string named)
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier()).With("short.raw", [1, 2, 3]).With(job);

        var failure = (await runner.RunAsync()).Failure();

        Assert.Equal(FailureCode.JobNotValid, failure.Code);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_job_is_refused()
    {
        using var runner = new RunnerProcess();

        Assert.Equal(FailureCode.JobNotValid, (await runner.RunAsync()).Failure().Code);
    }

    public static TheoryData<string, byte[], string> ModelsThatAreNotLoaded => new()
    {
        { "truncated", OnnxBytes.Classifier()[..60], "model" },
        { "empty", [], "model" },
        { "junk", [.. Enumerable.Range(0, 1000).Select(i => (byte)(i * 7))], "model" },
        { "unknown operator", Identity(OnnxBytes.Float, "Levitate", 1, 4), "Levitate" },
        { "open dimension", Identity(OnnxBytes.Float, "Identity", 1, -1), "dimension 1" },
        { "text", Identity(OnnxBytes.Text, "Identity", 1, 4), "String" },
        { "immense", Identity(OnnxBytes.Float, "Identity", 1 << 20, 1 << 20), "too large" },
    };

    [Theory]
    [MemberData(nameof(ModelsThatAreNotLoaded))]
    public async Task A_model_that_is_not_accepted_is_refused(string kind, byte[] model, string named)
    {
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, model).With(RunnerProcess.Quick);

        var result = await runner.RunAsync();

        Assert.True(result.Lines[0] is StartedLine, kind);
        var failure = result.Failure();
        Assert.Equal(FailureCode.ModelNotLoaded, failure.Code);
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_fails_is_told_as_such()
    {
        // The seeded shape holds zeros and ones, so that it never has as many elements as x.
        var model = OnnxBytes.Model(
            [OnnxBytes.Node("Reshape", ["x", "shape"], "y")],
            [OnnxBytes.Value("x", OnnxBytes.Float, 7), OnnxBytes.Value("shape", OnnxBytes.Int64, 2)],
            [OnnxBytes.Value("y", OnnxBytes.Float, -1, -1)]);
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, model).With(RunnerProcess.Quick);

        Assert.Equal(FailureCode.RunFailed, (await runner.RunAsync()).Failure().Code);
    }

    [Fact]
    public async Task A_missing_library_of_the_runtime_is_told_as_such()
    {
        // The program as it is, without the library beside it.
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier()).With(RunnerProcess.Quick);
        var folder = Directory.CreateTempSubdirectory("edgebench-runner-").FullName;
        foreach (var file in new[] { "", ".dll", ".runtimeconfig.json" }.Select(end => RunnerProcess.Program + end)
            .Append(Path.Combine(AppContext.BaseDirectory, "EdgeBench.RunnerContract.dll"))
            .Append(Path.Combine(AppContext.BaseDirectory, "Microsoft.ML.OnnxRuntime.dll")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        var failure = (await runner.RunAsync(Path.Combine(folder, "edgebench-runner"))).Failure();

        Directory.Delete(folder, recursive: true);
        Assert.Equal(FailureCode.RuntimeNotUsable, failure.Code);
        Assert.Contains("onnxruntime", failure.Message, StringComparison.Ordinal);
    }

    private static byte[] Identity(int type, string operation, params long[] shape) => OnnxBytes.Model(
        [OnnxBytes.Node(operation, ["x"], "y")], [OnnxBytes.Value("x", type, shape)], [OnnxBytes.Value("y", type, shape)]);
}

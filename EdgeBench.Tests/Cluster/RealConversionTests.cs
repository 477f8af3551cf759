using EdgeBench.Cluster.Coordination;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Runtimes;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Runner;

namespace EdgeBench.Tests.Cluster;

/// <summary>The server with the real conversion of models.</summary>
[Collection("cluster")]
public sealed class RealConversionTests
{
    private const string Tiny =
        """
        {"class_name":"Sequential","config":{"name":"tiny","layers":[
        {"class_name":"InputLayer","config":{"batch_input_shape":[null,4],"dtype":"float32","sparse":false,"ragged":false,"name":"image"}},
        {"class_name":"Dense","config":{"name":"dense","trainable":true,"dtype":"float32",
        "units":2,"activation":"softmax","use_bias":true}}]},
        "keras_version":"2.15.0","backend":"tensorflow"}
        """;

    [Fact]
    public async Task A_keras_model_is_converted_once_and_a_file_that_is_none_is_refused_by_its_name()
    {
        await using var server = await TestServer.StartAsync(options => options with { Conversion = null });
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var request = new TaskRequest
        {
            Models =
            [
                new ModelSource { Name = "tiny", FileName = "tiny.json", File = await server.UploadAsync(Tiny) },
                new ModelSource { Name = "junk", FileName = "junk.h5", File = await server.UploadAsync("no model at all") },
            ],
        };

        var first = await server.SubmitAsync(request);
        await device.MeasureAsync(server);
        var state = await server.UntilAsync(first.Task, state => state.Outcome is not null);
        var second = await server.SubmitAsync(request);
        await device.MeasureAsync(server);
        var again = await server.UntilAsync(second.Task, state => state.Outcome is not null);

        var converted = state.Model(0, "onnx")!.Converted!;
        Assert.Equal(10, converted.Parameters);
        Assert.StartsWith("synthetic", converted.Weights, StringComparison.Ordinal);
        var onnx = await server.Http.GetByteArrayAsync(
            new Uri($"/artifacts/{converted.File.Sha256}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(converted.File.Size, onnx.Length);
        Assert.Equal(FailureKind.ModelRefused, state.Cells[1].Failure!.Kind);
        Assert.StartsWith("junk.h5 is not accepted", state.Cells[1].Failure!.Message, StringComparison.Ordinal);
        // The second time nothing is computed: the outcome of the first is remembered, its time with it.
        Assert.Equal(
            (converted.File, converted.Nanoseconds),
            (again.Model(0, "onnx")!.Converted!.File, again.Model(0, "onnx")!.Converted!.Nanoseconds));
    }

    [Fact]
    public async Task A_model_that_needs_too_much_memory_fails_alone_and_says_so()
    {
        await using var server = await TestServer.StartAsync(
            options => options with { Conversion = null, ConversionMemory = 64 << 20 });
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var resnet = await File.ReadAllTextAsync(Repository.PathOf("zoo", "resnet50.json"), TestContext.Current.CancellationToken);

        var submitted = await server.SubmitAsync(new TaskRequest
        {
            Models =
            [
                new ModelSource { Name = "resnet50", FileName = "resnet50.json", File = await server.UploadAsync(resnet), NoCheck = true },
                new ModelSource { Name = "tiny", FileName = "tiny.json", File = await server.UploadAsync(Tiny), NoCheck = true },
            ],
        });
        await device.MeasureAsync(server);
        var state = await server.UntilAsync(submitted.Task, state => state.Outcome is not null);

        Assert.Equal(FailureKind.Internal, state.Cells[0].Failure!.Kind);
        Assert.Equal(
            "resnet50.json could not be converted: it needs more memory than a conversion may have here (64 MB)",
            state.Cells[0].Failure!.Message);
        Assert.NotNull(state.Model(1, "onnx")!.Converted);
    }

    [Fact]
    public async Task A_conversion_whose_process_is_killed_leaves_the_task_with_a_clear_failure()
    {
        await using var server = await TestServer.StartAsync(options => options with { Conversion = null });
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var resnet = await File.ReadAllTextAsync(Repository.PathOf("zoo", "resnet50.json"), TestContext.Current.CancellationToken);

        var submitted = await server.SubmitAsync(new TaskRequest
        {
            Models =
            [
                new ModelSource { Name = "resnet50", FileName = "resnet50.json", File = await server.UploadAsync(resnet), NoCheck = true },
            ],
        });
        using var converting = await ConversionProcessTests.FindAsync(server.DataFolder);
        converting.Kill();
        var state = await server.UntilAsync(submitted.Task, state => state.Outcome is not null);

        Assert.Equal(FailureKind.Internal, state.Cells[0].Failure!.Kind);
        Assert.Equal(
            "resnet50.json could not be converted: the process that converted it ended by itself (exit code 137)",
            state.Cells[0].Failure!.Message);
    }

    [Fact]
    public async Task Finished_files_go_as_they_are_to_the_runtime_that_takes_them_and_no_device_sees_what_it_cannot_run()
    {
        await using var server = await TestServer.StartAsync(
            options => options with { Conversion = null, Runtimes = new TwoRuntimes() });
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var good = TfliteBytes.Doubling();
        var request = new TaskRequest
        {
            Models =
            [
                new ModelSource { Name = "good", FileName = "good.tflite", File = await server.UploadAsync(good) },
                new ModelSource
                {
                    Name = "new",
                    FileName = "new.tflite",
                    File = await server.UploadAsync(TfliteBytes.Rectified([1, 4], operation: 47, version: 2)),
                },
                new ModelSource
                {
                    Name = "classifier",
                    FileName = "classifier.onnx",
                    File = await server.UploadAsync(OnnxBytes.Classifier()),
                },
            ],
            Runtimes = ["tflite", "onnxruntime"],
        };

        var task = await server.SubmitAsync(request);
        await device.MeasureAsync(server);
        await device.MeasureAsync(server);
        var state = await server.UntilAsync(task.Task, state => state.Outcome is not null);

        Assert.Equal(
            [("good", "tflite"), ("classifier", "onnxruntime")],
            from cell in state.Cells
            where cell.Phase == CellPhase.Measured
            select (request.Models[cell.Cell.Model].Name, cell.Cell.Runtime));
        Assert.Equal(Sha256.Of(good), state.Model(0, "tflite")!.Converted!.File.Sha256);
        Assert.Equal(CheckOutcome.Unchecked, state.Model(0, "tflite")!.Converted!.Check!.Outcome);
        Assert.Contains("is a TFLite file, which is not turned into ONNX", FailureOf("good", "onnxruntime"), StringComparison.Ordinal);
        Assert.Contains("is an ONNX file, which is not turned into TFLite", FailureOf("classifier", "tflite"), StringComparison.Ordinal);
        Assert.Contains("it needs EXP version 2 (it has 1)", FailureOf("new", "tflite"), StringComparison.Ordinal);
        Assert.Equal(0, state.Cells.Single(cell => IsOf(cell, "new", "tflite")).Attempts);

        string FailureOf(string model, string runtime)
        {
            var failure = state.Cells.Single(cell => IsOf(cell, model, runtime)).Failure!;
            Assert.Equal(FailureKind.ModelRefused, failure.Kind);
            return failure.Message;
        }

        bool IsOf(CellState cell, string model, string runtime) =>
            request.Models[cell.Cell.Model].Name == model && cell.Cell.Runtime == runtime;
    }

    [Fact]
    public async Task A_model_whose_check_fails_publishes_no_latency_and_one_that_is_not_to_be_checked_says_so()
    {
        await using var server = await TestServer.StartAsync(options => options with { Conversion = null });
        await using var device = await FakeDevice.OnlineAsync(server, "pc");
        var tiny = new ModelSource { Name = "tiny", FileName = "tiny.json", File = await server.UploadAsync(Tiny) };
        var request = new TaskRequest
        {
            Models =
            [
                tiny with { Name = "damaged", Check = [new CheckFile("input.npy", await server.UploadAsync("no array"))] },
                tiny with { Name = "as it is", NoCheck = true },
            ],
        };

        var task = await server.SubmitAsync(request);
        await device.MeasureAsync(server);
        var state = await server.UntilAsync(task.Task, state => state.Outcome is not null);

        Assert.Equal(FailureKind.CheckFailed, state.Cells[0].Failure!.Kind);
        Assert.Contains("input.npy is no .npy file", state.Cells[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(CheckOutcome.Skipped, state.Model(1, "onnx")!.Converted!.Check!.Outcome);
        Assert.Equal(CellPhase.Measured, state.Cells[1].Phase);
    }

    /// <summary>Both runtimes with images for every architecture.</summary>
    private sealed class TwoRuntimes : IRuntimes
    {
        public IReadOnlyDictionary<string, string> Formats { get; } =
            new Dictionary<string, string> { ["onnxruntime"] = "onnx", ["tflite"] = "tflite" };

        public string? WhyMissing(string runtime, string architecture) => null;

        public IReadOnlyCollection<string> OptionsOf(string runtime) => [];

        public IReadOnlyList<RuntimeImageRef> FindAll(string architecture) => [.. Formats.Keys.Select(runtime => Find(runtime, architecture)!)];

        public RuntimeImageRef? Find(string runtime, string architecture) => Messages.Samples.Image with
        {
            Runtime = runtime,
            Version = runtime == "tflite" ? "2.9.0" : "1.31.1",
            Architecture = architecture,
        };
    }
}

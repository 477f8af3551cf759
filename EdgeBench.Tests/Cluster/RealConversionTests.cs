using EdgeBench.Messages.Tasks;

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
}

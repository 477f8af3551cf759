using EdgeBench.Models;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Tests.Models;

/// <summary>Layers with windows over every number of dimensions, beside a plain computation by their definition.</summary>
public sealed class WindowTests(ITestOutputHelper output) : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, int[], string> Convolutions => new()
    {
        { "Conv1D", [11, 3], "\"filters\": 4, \"kernel_size\": [3], \"strides\": [2], \"padding\": \"same\"" },
        { "Conv1D", [11, 4], "\"filters\": 4, \"kernel_size\": [4], \"strides\": [3], \"padding\": \"causal\", \"groups\": 2" },
        { "Conv1D", [12, 3], "\"filters\": 2, \"kernel_size\": [3], \"dilation_rate\": [3], \"padding\": \"causal\"" },
        { "Conv2D", [7, 8, 3], "\"filters\": 4, \"kernel_size\": [4, 2], \"strides\": [2, 3], \"padding\": \"same\"" },
        { "Conv2D", [8, 8, 3], "\"filters\": 4, \"kernel_size\": [1, 3], \"strides\": [2, 1], \"padding\": \"same\"" },
        { "Conv2D", [9, 7, 4], "\"filters\": 4, \"kernel_size\": [2, 2], \"strides\": [3, 3], \"padding\": \"same\", \"groups\": 4" },
        { "Conv2D", [9, 8, 4], "\"filters\": 6, \"kernel_size\": [2, 3], \"dilation_rate\": [3, 2], \"groups\": 2" },
        { "Conv3D", [5, 6, 7, 2], "\"filters\": 3, \"kernel_size\": [2, 3, 4], \"strides\": [2, 1, 2], \"padding\": \"same\"" },
        { "Conv3D", [5, 6, 7, 4], "\"filters\": 4, \"kernel_size\": [2, 2, 3], \"padding\": \"valid\", \"groups\": 2" },
        { "Conv3D", [7, 6, 7, 2], "\"filters\": 2, \"kernel_size\": [3, 2, 3], \"dilation_rate\": [2, 3, 1], \"padding\": \"same\"" },
        { "Conv1DTranspose", [6, 3], "\"filters\": 4, \"kernel_size\": [3], \"strides\": [2], \"padding\": \"same\"" },
        { "Conv1DTranspose", [6, 3], "\"filters\": 4, \"kernel_size\": [2], \"strides\": [3], \"padding\": \"valid\"" },
        { "Conv2DTranspose", [4, 5, 3], "\"filters\": 2, \"kernel_size\": [4, 3], \"strides\": [2, 3], \"padding\": \"same\"" },
        { "Conv2DTranspose", [4, 5, 3], "\"filters\": 2, \"kernel_size\": [3, 5], \"strides\": [3, 2], \"output_padding\": [1, 0]" },
        {
            "Conv2DTranspose", [4, 5, 3],
            "\"filters\": 2, \"kernel_size\": [3, 3], \"strides\": [2, 2], \"padding\": \"same\", \"output_padding\": [1, 0]"
        },
        { "Conv2DTranspose", [4, 5, 3], "\"filters\": 2, \"kernel_size\": [3, 2], \"dilation_rate\": [2, 3], \"padding\": \"same\"" },
        { "Conv2DTranspose", [4, 5, 3], "\"filters\": 2, \"kernel_size\": [3, 2], \"dilation_rate\": [2, 2], \"padding\": \"valid\"" },
        { "Conv3DTranspose", [2, 3, 4, 2], "\"filters\": 3, \"kernel_size\": [3, 2, 3], \"strides\": [2, 3, 1], \"padding\": \"same\"" },
        { "Conv3DTranspose", [2, 3, 4, 2], "\"filters\": 3, \"kernel_size\": [2, 3, 3], \"strides\": [1, 2, 2], \"padding\": \"valid\"" },
    };

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void A_convolution_computes_its_definition(string className, int[] shape, string config)
    {
        foreach (var isFirst in new[] { false, true })
        {
            var order = isFirst ? ", \"data_format\": \"channels_first\"" : "";
            int[] stored = isFirst ? [shape[^1], .. shape.SkipLast(1)] : shape;
            var model = Read(stored, Layer(className, "a", config + order));
            var values = Values(shape);
            var runs = WrittenFiles.Run(model, ([1, .. stored], isFirst ? ToFirst(values, shape) : values));
            var definition = new WindowDefinition(className, shape, config);
            var expected = definition.Compute(values);
            foreach (var (runtime, got) in runs)
            {
                var difference = WrittenFiles.Difference(isFirst ? ToFirst(expected, definition.OutputShape) : expected, got[0]);
                output.WriteLine($"{className} {config}{order} in {runtime}: {difference:E2}");
                Assert.InRange(difference, 0, Tolerance);
            }
        }
    }

    [Theory]
    [InlineData("MaxPooling1D", new[] { 9, 3 }, "\"pool_size\": [4], \"strides\": [3], \"padding\": \"same\"")]
    [InlineData("AveragePooling1D", new[] { 9, 3 }, "\"pool_size\": [4], \"strides\": [3], \"padding\": \"same\"")]
    [InlineData("MaxPooling3D", new[] { 5, 6, 7, 2 }, "\"pool_size\": [3, 2, 4], \"strides\": [2, 1, 3], \"padding\": \"same\"")]
    [InlineData("AveragePooling3D", new[] { 5, 6, 7, 2 }, "\"pool_size\": [3, 2, 4], \"strides\": [2, 1, 3], \"padding\": \"same\"")]
    [InlineData("AveragePooling3D", new[] { 5, 6, 7, 2 }, "\"pool_size\": [2, 2, 2]")]
    public void A_pooling_computes_its_definition(string className, int[] shape, string config)
    {
        var model = Read(shape, Layer(className, "a", config));
        var values = Values(shape);
        var expected = new WindowDefinition(className, shape, config).Compute(values);
        foreach (var (runtime, got) in WrittenFiles.Run(model, ([1, .. shape], values)))
        {
            output.WriteLine($"{className} in {runtime}: {WrittenFiles.Difference(expected, got[0]):E2}");
            Assert.InRange(WrittenFiles.Difference(expected, got[0]), 0, Tolerance);
        }
    }

    [Fact]
    public void A_chain_of_layers_over_one_dimension_is_reshaped_once_at_either_end()
    {
        var model = Read(
            [16, 3],
            Layer("Conv1D", "a", "\"filters\": 4, \"kernel_size\": [3], \"padding\": \"causal\""),
            Layer("BatchNormalization", "b", ""),
            Layer("LeakyReLU", "c", "\"alpha\": 0.25"),
            Layer("MaxPooling1D", "d", "\"pool_size\": [2]"),
            Layer("UpSampling1D", "e", "\"size\": 2"),
            Layer("Conv1D", "f", "\"filters\": 4, \"kernel_size\": [3], \"activation\": \"sigmoid\""));

        Assert.Equal(
            ["RESHAPE", "PAD", "CONV_2D", "LEAKY_RELU", "MAX_POOL_2D", "RESIZE_NEAREST_NEIGHBOR", "CONV_2D", "LOGISTIC", "RESHAPE"],
            TfliteReader.Read(WrittenFiles.Tflite(model)).Operators.Select(step => step.Name));
    }

    [Fact]
    public void The_channels_of_a_whole_network_are_moved_once()
    {
        const string First = "\"data_format\": \"channels_first\"";
        var model = Read(
            [3, 8, 8],
            Layer("ZeroPadding2D", "p", "\"padding\": [[0, 1], [0, 1]], " + First),
            Layer("Conv2D", "a", "\"filters\": 4, \"kernel_size\": 3, \"strides\": 2, " + First),
            Layer("BatchNormalization", "b", "\"axis\": 1"),
            Layer("PReLU", "c", "\"shared_axes\": [2, 3]"),
            Layer("DepthwiseConv2D", "d", "\"kernel_size\": 3, \"padding\": \"same\", " + First),
            Layer("GlobalAveragePooling2D", "e", First));

        Assert.Equal(
            ["TRANSPOSE", "CONV_2D", "PRELU", "DEPTHWISE_CONV_2D", "MEAN"],
            TfliteReader.Read(WrittenFiles.Tflite(model)).Operators.Select(step => step.Name));
    }

    [Theory]
    [InlineData("Conv1D", new[] { 8, 3 }, "\"filters\": 4, \"kernel_size\": [3], \"strides\": [2], \"padding\": \"same\"")]
    [InlineData("Conv2D", new[] { 8, 7, 3 }, "\"filters\": 4, \"kernel_size\": [4, 2], \"strides\": [2, 3], \"padding\": \"same\"")]
    [InlineData("Conv2D", new[] { 8, 9, 3 }, "\"filters\": 4, \"kernel_size\": [3, 5], \"strides\": [1, 2], \"padding\": \"same\"")]
    [InlineData("Conv2DTranspose", new[] { 4, 5, 3 }, "\"filters\": 2, \"kernel_size\": [3, 5], \"strides\": [2, 2], \"padding\": \"same\"")]
    [InlineData("MaxPooling2D", new[] { 7, 8, 3 }, "\"pool_size\": [3, 3], \"strides\": [2, 2], \"padding\": \"same\"")]
    [InlineData("AveragePooling2D", new[] { 8, 8, 3 }, "\"pool_size\": [2, 5], \"strides\": [2, 2], \"padding\": \"same\"")]
    public void A_model_of_theano_has_its_borders(string className, int[] shape, string config)
    {
        var model = Read("theano", shape, Layer(className, "a", config));
        var values = Values(shape);
        var expected = new WindowDefinition(className, shape, config, isOnTheano: true).Compute(values);
        using var session = new OnnxSession(WrittenFiles.Onnx(model));
        Assert.InRange(WrittenFiles.Difference(expected, session.Run(([1, .. shape], values))[0]), 0, Tolerance);
        if (className.EndsWith("Pooling2D", StringComparison.Ordinal))
        {
            var refusal = Assert.Throws<ModelNotAcceptedException>(() => WrittenFiles.Tflite(model));
            Assert.Contains("'a'", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("Theano", refusal.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.All(
                WrittenFiles.RunTflite(WrittenFiles.Tflite(model), ([1, .. shape], values)).Values,
                got => Assert.InRange(WrittenFiles.Difference(expected, got[0]), 0, Tolerance));
        }
    }

    private static float[] Values(int[] shape) =>
        [.. Enumerable.Range(0, shape.Aggregate(1, (product, size) => product * size)).Select(i => MathF.Sin(1.7f * i))];

    private static float[] ToFirst(float[] values, int[] shape)
    {
        var channels = shape[^1];
        var places = values.Length / channels;
        return [.. Enumerable.Range(0, values.Length).Select(i => values[(i % places * channels) + (i / places)])];
    }

    private Model Read(int[] shape, params string[] layers) => Read("tensorflow", shape, layers);

    private Model Read(string backend, int[] shape, params string[] layers)
    {
        var path = _scratch.File("model.json");
        var input = Layer("InputLayer", "x", $"\"batch_input_shape\": [null, {string.Join(", ", shape)}]");
        File.WriteAllText(path, $$"""
            {"class_name": "Sequential", "keras_version": "2.2.4", "backend": "{{backend}}",
             "config": {"name": "m", "layers": [{{string.Join(", ", layers.Prepend(input))}}] } }
            """);
        return Model.Read(path, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static string Layer(string className, string name, string options) =>
        $"{{\"class_name\": \"{className}\", \"config\": {{\"name\": \"{name}\"{(options.Length > 0 ? ", " : "")}{options}}}}}";
}

using System.Text.Json;
using EdgeBench.Models;
using EdgeBench.Models.Passes;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Tests.Models;

public sealed class TfliteFileTests(ITestOutputHelper output) : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_runtime_that_judges_the_files_is_here() => Assert.SkipWhen(
        TfliteLibrary.WhyNot is not null, $"left out: no TFLite file was run, as {TfliteLibrary.WhyNot}");

    [Theory]
    [InlineData("k2.h5", "k2.h5")]
    [InlineData("k2.h5", "k2.keras")]
    [InlineData("k3.h5", "k3.keras")]
    [InlineData("k2.h5", "k2_architecture.json")]
    public void One_network_gives_the_same_bytes_in_whatever_format_it_is_read(string first, string second)
    {
        var folder = Repository.Fixture("formats");

        Assert.Equal(
            WrittenFiles.Tflite(ModelCase.Of(folder, "manifest.json", first).Read()),
            WrittenFiles.Tflite(ModelCase.Of(folder, "manifest.json", second).Read()));
    }

    [Fact]
    public void A_file_says_what_is_fed_and_read_and_which_runtime_it_needs_and_where_every_operator_came_from()
    {
        var source = ModelCase.Of(Repository.Fixture("layers"), "manifest.json", "k2_dict_inputs_outputs.h5").Read();
        var file = Tflite(source);
        var graph = Assert.Single(file.Subgraphs);
        var signature = Assert.Single(file.Signatures);
        var sources = JsonSerializer.Deserialize<Dictionary<string, string[]>>(file.Metadata[SourceMap.Key])!;

        Assert.Equal("EdgeBench", file.Description);
        Assert.Equal("serving_default", signature.Key);
        Assert.Equal(["left", "right"], graph.Inputs.Select(tensor => tensor.Name));
        Assert.Equal(["sum", "diff"], graph.Outputs.Select(tensor => tensor.Name));
        Assert.Equal(graph.Inputs, signature.Inputs.Values);
        Assert.Equal(["sum", "diff"], signature.Outputs.Keys);
        Assert.Equal([1, 4], graph.Inputs[0].Shape);
        Assert.Equal([-1, 4], graph.Inputs[0].ShapeSignature);
        Assert.Equal("1.6.0", file.Metadata["min_runtime_version"]);
        Assert.Equal(
            file.Operators.Select(step => step.Outputs[0].Name).Order(StringComparer.Ordinal), sources.Keys.Order(StringComparer.Ordinal));
        Assert.All(sources.Values, layers => Assert.Subset(source.Layers.Select(layer => layer.Name).ToHashSet(), layers.ToHashSet()));
    }

    [Fact]
    public void Values_stand_at_multiples_of_16_bytes_behind_the_tables()
    {
        var bytes = WrittenFiles.Tflite(Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: Token));
        var starts = new List<int>();
        foreach (var buffer in FlatBufferTable.Root(new LoadedBytes(bytes)).Tables(4).Skip(1))
        {
            Assert.True(bytes.AsSpan().Overlaps(buffer.Bytes(0), out var start));
            starts.Add(start);
        }

        Assert.NotEmpty(starts);
        Assert.All(starts, start => Assert.Equal(0, start % 16));
        Assert.Equal(starts.Order(), starts);
    }

    [Fact]
    public void Weights_of_a_shared_layer_are_in_the_file_once()
    {
        var file = Tflite(ModelCase.Of(Repository.Fixture("layers"), "manifest.json", "k2_siamese_nested.h5").Read());
        var convolutions = file.Operators.Where(step => step.Name == "CONV_2D").ToList();

        Assert.Equal(2, convolutions.Count);
        Assert.Same(convolutions[0].Inputs[1], convolutions[1].Inputs[1]);
        Assert.Same(convolutions[0].Inputs[2], convolutions[1].Inputs[2]);
    }

    [Theory]
    [InlineData("k2.h5")]
    [InlineData("k3.keras")]
    public void A_caller_may_feed_several_samples_at_once(string name)
    {
        Assert.SkipWhen(TfliteLibrary.WhyNot is not null, $"left out: {TfliteLibrary.WhyNot}");
        var entry = ModelCase.Of(Repository.Fixture("formats"), "manifest.json", name);
        var samples = entry.Inputs[0].Shape[0];
        var file = WrittenFiles.Tflite(entry.Read());

        Assert.True(samples > 1);
        Assert.All(Enum.GetValues<TfliteKernels>(), kernels =>
        {
            using var session = new TfliteSession(file, kernels, batch: samples);
            Assert.InRange(WrittenFiles.Difference(entry.Outputs, session.Run(entry.Inputs)), 0, entry.Tolerance);
        });
    }

    [Fact]
    public void An_input_passed_on_and_a_value_under_two_names_are_copied()
    {
        var model = Read("""
            {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 3]}, "inbound_nodes": []},
            {"class_name": "ReLU", "name": "a", "config": {}, "inbound_nodes": [[["x", 0, 0, {}]]]}
            """, "x", "a", "a");
        var file = Tflite(model);

        Assert.Equal(["RELU", "RESHAPE", "RESHAPE"], file.Operators.Select(step => step.Name).Order(StringComparer.Ordinal));
        Assert.Equal(3, file.Subgraphs[0].Outputs.Distinct().Count());
        Assert.DoesNotContain(file.Subgraphs[0].Inputs[0], file.Subgraphs[0].Outputs);
        AllAgree(model, [3], [[-1, 0, 2], [0, 0, 2], [0, 0, 2]], [-1, 0, 2]);
    }

    [Theory]
    [InlineData("Activation", "\"activation\": \"softplus\"")]
    [InlineData("Activation", "\"activation\": \"mish\"")]
    [InlineData("Activation", "\"activation\": \"log_sigmoid\"")]
    [InlineData("Activation", "\"activation\": \"selu\"")]
    [InlineData("Activation", "\"activation\": \"celu\"")]
    [InlineData("Activation", "\"activation\": \"hard_sigmoid\"")]
    [InlineData("Activation", "\"activation\": \"hard_swish\"")]
    [InlineData("Activation", "\"activation\": \"hard_tanh\"")]
    [InlineData("Activation", "\"activation\": \"gelu\"")]
    [InlineData("Activation", "\"activation\": \"softsign\"")]
    [InlineData("Activation", "\"activation\": \"soft_shrink\"")]
    [InlineData("Activation", "\"activation\": \"hard_shrink\"")]
    [InlineData("Activation", "\"activation\": \"tanh_shrink\"")]
    [InlineData("Activation", "\"activation\": \"squareplus\"")]
    [InlineData("Activation", "\"activation\": \"swish\"")]
    [InlineData("ELU", "\"alpha\": 1.7")]
    [InlineData("ELU", "\"alpha\": 0.3")]
    [InlineData("LeakyReLU", "\"alpha\": 1.5")]
    [InlineData("LeakyReLU", "\"alpha\": -0.5")]
    [InlineData("ReLU", "\"max_value\": 4.0")]
    [InlineData("ReLU", "\"max_value\": 6.0, \"negative_slope\": 0.25")]
    [InlineData("ReLU", "\"threshold\": -2.0")]
    [InlineData("ReLU", "\"max_value\": 9.0, \"negative_slope\": 0.25, \"threshold\": 1.0")]
    [InlineData("Softmax", "\"axis\": 1")]
    public void A_function_of_each_element_holds_far_from_zero_in_every_runtime(string className, string config)
    {
        int[] shape = [4, 4, 3];
        var model = Read($$"""
            {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 4, 4, 3]}, "inbound_nodes": []},
            {"class_name": "{{className}}", "name": "a", "config": { {{config}} }, "inbound_nodes": [[["x", 0, 0, {}]]]}
            """, "a");
        var values = Enumerable.Range(0, 48).Select(i => MathF.CopySign(MathF.Pow(1.27f, i % 24) - 1, i % 2 == 0 ? 1 : -1)).ToArray();
        output.WriteLine($"{values.Min()} to {values.Max()}: {string.Join(' ', Tflite(model).Operators.Select(step => step.Name))}");
        AllAgree(model, shape, null, values);
    }

    [Theory]
    [InlineData("BatchNormalization", "")]
    [InlineData("BatchNormalization", "\"axis\": 2")]
    [InlineData("Softmax", "\"axis\": 2")]
    [InlineData("Softmax", "")]
    [InlineData("Activation", "\"activation\": \"swish\"")]
    [InlineData("Activation", "\"activation\": \"hard_shrink\"")]
    [InlineData("Activation", "\"activation\": \"log_sigmoid\"")]
    [InlineData("ReLU", "\"max_value\": 0.5, \"threshold\": 0.25, \"negative_slope\": 0.25")]
    [InlineData("Dense", "\"units\": 3")]
    [InlineData("Flatten", "")]
    public void Tensors_of_many_dimensions_come_through(string className, string config)
    {
        var model = Read($$"""
            {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 2, 3, 2, 3, 2]}, "inbound_nodes": []},
            {"class_name": "{{className}}", "name": "a", "config": { {{config}} }, "inbound_nodes": [[["x", 0, 0, {}]]]}
            """, "a");
        AllAgree(model, [2, 3, 2, 3, 2], null, [.. Enumerable.Range(0, 72).Select(i => MathF.Sin(i))]);
    }

    [Theory]
    [InlineData("Add", "[null, 2, 3, 2, 3, 2]", "[null, 2, 3, 2, 3, 2]")]
    [InlineData("Multiply", "[null, 2, 3, 2, 3, 2]", "[null, 2, 1, 1, 1, 2]")]
    [InlineData("Subtract", "[null, 2, 1, 1, 3, 2]", "[null, 2, 3, 2, 3, 2]")]
    [InlineData("Concatenate", "[null, 2, 3, 2, 3, 2]", "[null, 2, 3, 2, 3, 2]")]
    public void Two_tensors_of_many_dimensions_are_joined(string className, string first, string second)
    {
        var model = Read($$"""
            {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": {{first}}}, "inbound_nodes": []},
            {"class_name": "InputLayer", "name": "y", "config": {"batch_input_shape": {{second}}}, "inbound_nodes": []},
            {"class_name": "{{className}}", "name": "a", "config": {}, "inbound_nodes": [[["x", 0, 0, {}], ["y", 0, 0, {}]]]}
            """, "a");
        var inputs = model.Inputs.Select(input =>
            (input.Shape.ToArray(), Enumerable.Range(0, input.Shape.Aggregate(1, (a, b) => a * b)).Select(i => MathF.Sin(i)).ToArray()));
        AllAgree(WrittenFiles.Run(model, [.. inputs]));
    }

    [Fact]
    public void What_tflite_cannot_express_is_refused_by_the_layer_and_nothing_is_left()
    {
        var model = Read("""
            {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 2, 3, 2, 3, 2]}, "inbound_nodes": []},
            {"class_name": "InputLayer", "name": "y", "config": {"batch_input_shape": [null, 2, 1, 2, 1, 2]}, "inbound_nodes": []},
            {"class_name": "Multiply", "name": "repeats", "config": {}, "inbound_nodes": [[["x", 0, 0, {}], ["y", 0, 0, {}]]]},
            {"class_name": "ReLU", "name": "a", "config": {}, "inbound_nodes": [[["repeats", 0, 0, {}]]]}
            """, "a");
        var file = _scratch.File("m.tflite");

        var refusal = Assert.Throws<ModelNotAcceptedException>(() => model.WriteTflite(file, Token));
        output.WriteLine(refusal.Message);
        Assert.Contains("layer 'repeats' (Multiply)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("onnx", refusal.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
        Assert.NotEmpty(WrittenFiles.Onnx(model));
    }

    [Fact]
    public void Every_layer_that_tflite_cannot_express_is_named_at_once()
    {
        var model = Read("""
            {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 2, 1, 2, 1, 2, 1]}, "inbound_nodes": []},
            {"class_name": "ELU", "name": "first", "config": {}, "inbound_nodes": [[["x", 0, 0, {}]]]},
            {"class_name": "Flatten", "name": "second", "config": {}, "inbound_nodes": [[["first", 0, 0, {}]]]},
            {"class_name": "Dense", "name": "third", "config": {"units": 2}, "inbound_nodes": [[["second", 0, 0, {}]]]}
            """, "third");

        var message = Assert.Throws<ModelNotAcceptedException>(() => WrittenFiles.Tflite(model)).Message;
        Assert.Contains("layers 'first' (ELU), 'second' (Flatten): it works on a tensor of 7 dimensions", message, StringComparison.Ordinal);
        Assert.DoesNotContain("third", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_says_what_each_pass_did()
    {
        var model = Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: Token);
        var report = model.WriteTflite(_scratch.File("digits.tflite"), Token);

        Assert.Equal(GraphPasses.Tflite.Select(pass => pass.Name), report.Passes.Select(pass => pass.Pass));
        Assert.Equal(4, report.Passes.Single(pass => pass.Pass == "fold-batch-normalization").Changes.Count);
        Assert.Equal(new FileInfo(_scratch.File("digits.tflite")).Length, report.Bytes);
        Assert.Equal(TfliteModel.Read(_scratch.File("digits.tflite")).Operators.Count(), report.Operators);
    }

    [Fact]
    public async Task An_interrupted_writing_leaves_the_old_file_and_nothing_else()
    {
        var digits = Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: Token);
        var file = _scratch.File("digits.tflite");
        await File.WriteAllTextAsync(file, "old", Token);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Assert.Throws<OperationCanceledException>(() => digits.WriteTflite(file, cancelled.Token));
        Assert.Equal("old", await File.ReadAllTextAsync(file, Token));
        Assert.Equal([file], Directory.GetFiles(_scratch.Path));
    }

    [Fact]
    public void An_onnx_file_is_not_turned_into_tflite_and_nothing_is_left()
    {
        Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: Token).WriteOnnx(_scratch.File("digits.onnx"), Token);
        var passed = Model.Read(_scratch.File("digits.onnx"), cancellationToken: Token);

        var refusal = Assert.Throws<ModelNotAcceptedException>(() => passed.WriteTflite(_scratch.File("digits.tflite"), Token));
        Assert.StartsWith("digits.onnx is not accepted", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("give the Keras model", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([_scratch.File("digits.onnx")], Directory.GetFiles(_scratch.Path));
    }

    public void Dispose() => _scratch.Dispose();

    private static TfliteModel Tflite(Model model) => TfliteReader.Read(WrittenFiles.Tflite(model));

    /// <summary>A model of some layers, with synthetic weights.</summary>
    private Model Read(string layers, params string[] outputs)
    {
        var inputs = outputs.Length == 1 && layers.Contains("\"y\"", StringComparison.Ordinal)
            ? "[\"x\", 0, 0], [\"y\", 0, 0]"
            : "[\"x\", 0, 0]";
        var named = string.Join(", ", outputs.Select(name => $"[\"{name}\", 0, 0]"));
        File.WriteAllText(_scratch.File("model.json"), $$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [
            {{layers}}
            ], "input_layers": [{{inputs}}], "output_layers": [{{named}}] } }
            """);
        return Model.Read(_scratch.File("model.json"), cancellationToken: Token);
    }

    private void AllAgree(Model model, int[] shape, float[][]? expected, float[] values)
    {
        var runs = WrittenFiles.Run(model, ([1, .. shape], values));
        AllAgree(runs);
        if (expected is not null)
        {
            Assert.All(runs.Values, outputs => Assert.Equal(expected, outputs));
        }
    }

    private void AllAgree(IReadOnlyDictionary<string, float[][]> runs)
    {
        var first = runs.First();
        Assert.All(runs.Skip(1), run =>
        {
            var difference = WrittenFiles.Difference(first.Value, run.Value);
            output.WriteLine($"{run.Key} and {first.Key}: {difference:E2}");
            Assert.InRange(difference, 0, 2e-6);
        });
    }
}

using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>Models that travel with the tests: what Keras computed for them must come out of the ONNX file.</summary>
public sealed class KerasModelTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("formats")]
    [InlineData("layers")]
    public void Every_model_computes_what_keras_computes(string folder)
    {
        Assert.All(ModelCase.Of(Repository.Fixture(folder)), entry =>
        {
            var difference = entry.Difference(entry.Read());
            output.WriteLine($"{entry.Name}: {difference:E2}");
            Assert.InRange(difference, 0, entry.Tolerance);
        });
    }

    [Fact]
    public void An_architecture_of_the_zoo_computes_what_keras_computes_with_the_same_synthetic_weights()
    {
        var entry = ModelCase.Of(Repository.Fixture("zoo"), "manifest.json", "mobilenet_v1.json");
        var (layer, expected) = entry.Pooled!.Value;
        var model = Model.Read(
            Repository.PathOf("zoo", entry.Name), new ModelReadOptions { ExposedLayers = [layer] }, TestContext.Current.CancellationToken);
        using var session = new OnnxSession(ModelCase.Bytes(model));
        var got = session.Run(entry.Inputs);

        Assert.InRange(OnnxSession.Difference(entry.Outputs[0], got[0]), 0, entry.Tolerance);
        Assert.InRange(OnnxSession.Difference(expected, got[1]), 0, entry.Tolerance);
        Assert.Equal("synthetic(0)", model.Weights.Text);
        Assert.Contains("synthetic(0)", Assert.Single(model.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("digits_k2.h5", "test.k2.output.f32")]
    [InlineData("digits_k3.keras", "test.k3.output.f32")]
    public void The_digits_model_recognises_as_many_images_as_in_keras(string file, string expectedFile)
    {
        const int Images = 360, Right = 353;
        var model = Model.Read(Repository.PathOf("samples", file), cancellationToken: TestContext.Current.CancellationToken);
        var images = Floats(Repository.PathOf("samples", "digits_test.images.f32"));
        var labels = File.ReadAllBytes(Repository.PathOf("samples", "digits_test.labels.i32")).Chunk(4).Select(bytes => BitConverter.ToInt32(bytes)).ToList();
        using var session = new OnnxSession(ModelCase.Bytes(model));
        var got = session.Run(([Images, 8, 8, 1], images))[0];

        Assert.InRange(OnnxSession.Difference(Floats(Repository.Fixture("digits", expectedFile)), got), 0, 1e-4);
        Assert.Equal(Right, got.Chunk(10).Zip(labels).Count(pair => Array.IndexOf(pair.Item1, pair.Item1.Max()) == pair.Item2));
    }

    [Fact]
    public void Inputs_and_outputs_bear_the_names_of_keras_in_its_order()
    {
        var model = ModelCase.Of(Repository.Fixture("layers"), "manifest.json", "k2_dict_inputs_outputs.h5").Read();
        using var session = new OnnxSession(ModelCase.Bytes(model));

        Assert.Equal(["left", "right"], model.Inputs.Select(input => input.Name));
        Assert.Equal(["sum", "diff"], model.Outputs.Select(tensor => tensor.Name));
        Assert.Equal(["left", "right"], session.InputNames);
        Assert.Equal(["sum", "diff"], session.OutputNames);
        Assert.Equal([1, 4], model.Inputs[0].Shape);
    }

    [Fact]
    public void Layers_of_nested_models_are_listed_with_the_path_to_them_and_counted_once()
    {
        var model = ModelCase.Of(Repository.Fixture("layers"), "manifest.json", "k2_siamese_nested.h5").Read();
        var convolution = Assert.Single(model.Layers, layer => layer.ClassName == "Conv2D");

        Assert.StartsWith("tower/", convolution.Name, StringComparison.Ordinal);
        Assert.Equal(3 * 3 * 3 * 4 + 4, convolution.Parameters);
        Assert.Equal(2 * 4 * 4 * 4 * 27, convolution.Macs);
    }

    private static float[] Floats(string path) => [.. File.ReadAllBytes(path).Chunk(4).Select(bytes => BitConverter.ToSingle(bytes))];
}

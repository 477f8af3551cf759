using System.IO.Compression;
using EdgeBench.Models;
using EdgeBench.Models.Containers;

namespace EdgeBench.Tests.Models;

/// <summary>Models that travel with the tests: what Keras computed for them must come out of the files written.</summary>
public sealed class KerasModelTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("formats")]
    [InlineData("layers")]
    public void Every_model_computes_what_keras_computes(string folder)
    {
        Assert.All(ModelCase.Of(Repository.Fixture(folder)), entry =>
        {
            Assert.All(entry.Differences(entry.Read()), run =>
            {
                output.WriteLine($"{entry.Name} in {run.Key}: {run.Value:E2}");
                Assert.InRange(run.Value, 0, entry.Tolerance);
            });
        });
    }

    [Fact]
    public void An_architecture_of_the_zoo_computes_what_keras_computes_with_the_same_synthetic_weights()
    {
        var entry = ModelCase.Of(Repository.Fixture("zoo"), "manifest.json", "mobilenet_v1.json");
        var (layer, expected) = entry.Pooled!.Value;
        var model = Model.Read(
            Repository.PathOf("zoo", entry.Name), new ModelReadOptions { ExposedLayers = [layer] }, TestContext.Current.CancellationToken);

        Assert.All(WrittenFiles.Run(model, entry.Inputs).Values, got =>
        {
            Assert.InRange(WrittenFiles.Difference(entry.Outputs[0], got[0]), 0, entry.Tolerance);
            Assert.InRange(WrittenFiles.Difference(expected, got[1]), 0, entry.Tolerance);
        });
        Assert.Equal("synthetic(0)", model.Weights.Text);
        Assert.Contains("synthetic(0)", Assert.Single(model.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("digits_k2.h5", false, "test.k2.output.f32")]
    [InlineData("digits_k3.keras", false, "test.k3.output.f32")]
    [InlineData("digits_k2.h5", true, "test.k2.output.f32")]
    [InlineData("digits_k3.keras", true, "test.k3.output.f32")]
    public void The_digits_model_recognises_as_many_images_as_in_keras(string file, bool asArchitecture, string expectedFile)
    {
        const int Images = 360, Right = 353;
        using var scratch = new ScratchFolder();
        var path = Repository.PathOf("samples", file);
        var options = new ModelReadOptions { WeightsFile = asArchitecture ? path : null };
        var model = Model.Read(asArchitecture ? Architecture(path, scratch) : path, options, TestContext.Current.CancellationToken);
        var images = Floats(Repository.PathOf("samples", "digits_test.images.f32"));
        var labels = File.ReadAllBytes(Repository.PathOf("samples", "digits_test.labels.i32"))
            .Chunk(sizeof(int)).Select(bytes => BitConverter.ToInt32(bytes)).ToList();

        Assert.All(WrittenFiles.Run(model, ([Images, 8, 8, 1], images)), run =>
        {
            var got = run.Value[0];
            var difference = WrittenFiles.Difference(Floats(Repository.Fixture("digits", expectedFile)), got);
            output.WriteLine($"{run.Key}: {difference:E2}");
            Assert.InRange(difference, 0, 1e-4);
            Assert.Equal(Right, got.Chunk(10).Zip(labels).Count(pair => Array.IndexOf(pair.Item1, pair.Item1.Max()) == pair.Item2));
        });
    }

    [Fact]
    public void Inputs_and_outputs_bear_the_names_of_keras_in_its_order()
    {
        var model = ModelCase.Of(Repository.Fixture("layers"), "manifest.json", "k2_dict_inputs_outputs.h5").Read();
        using var session = new OnnxSession(WrittenFiles.Onnx(model));

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

    /// <summary>What a model file says of its layers, as <c>to_json</c> gives it.</summary>
    private static string Architecture(string path, ScratchFolder scratch)
    {
        var json = scratch.File("architecture.json");
        if (path.EndsWith(".keras", StringComparison.Ordinal))
        {
            using var archive = ZipFile.OpenRead(path);
            archive.GetEntry("config.json")!.ExtractToFile(json);
        }
        else
        {
            using var stream = File.OpenRead(path);
            using var content = Hdf5Content.Open(stream);
            File.WriteAllText(json, Hdf5Content.Text(content.Root, "model_config"));
        }

        return json;
    }

    private static float[] Floats(string path) => [.. File.ReadAllBytes(path).Chunk(4).Select(bytes => BitConverter.ToSingle(bytes))];
}

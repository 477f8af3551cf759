using System.Text.Json;
using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>What is written depends on the network alone, never on the file that it came in.</summary>
public sealed class FileFormatTests
{
    [Fact]
    public void One_network_gives_the_same_bytes_from_every_format_of_keras_2_and_3()
    {
        var names = new[] { "k2.h5", "k2.keras", "k2_architecture.json", "k3.h5", "k3.keras", "k3_architecture.json" };
        var models = ModelCase.Of(Repository.Fixture("formats")).Where(entry => names.Contains(entry.Name)).Select(entry => entry.Read());

        AssertSameBytes(models.ToList(), names.Length);
    }

    [Theory]
    [InlineData("cnn")]
    [InlineData("nested")]
    [InlineData("seq")]
    public void Every_version_of_keras_gives_the_same_bytes_in_each_of_its_formats(string network)
    {
        var cases = ModelCase.Of(Repository.Shared("fixtures", "versions"))
            .Where(entry => entry.IsMatch && entry.Name.Contains($"_{network}.", StringComparison.Ordinal))
            .GroupBy(entry => entry.Name.Split('_')[0]);

        Assert.All(cases, version => AssertSameBytes(version.Select(entry => entry.Read()).ToList(), version.Count()));
    }

    [Fact]
    public void A_network_of_keras_3_gives_the_same_bytes_from_sharded_weights_as_from_one_file()
    {
        var cases = ModelCase.Of(Repository.Shared("fixtures", "versions"));
        var shards = cases.Where(entry => entry.Name.EndsWith("_cnn_sharded.json", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(shards);
        Assert.All(shards, entry =>
        {
            var whole = entry.Name.Replace("_sharded", "", StringComparison.Ordinal);
            AssertSameBytes([entry.Read(), cases.Single(other => other.Name == whole).Read()], 2);
        });
    }

    [Fact]
    public void An_architecture_is_the_same_with_or_without_its_class_and_as_a_text_in_json()
    {
        using var scratch = new ScratchFolder();
        using var architecture = JsonDocument.Parse(File.ReadAllBytes(Repository.Fixture("formats", "k2_synthetic.json")));
        var root = architecture.RootElement;
        File.WriteAllText(scratch.File("bare.json"), root.GetProperty("config").GetRawText());
        File.WriteAllText(scratch.File("text.json"), JsonSerializer.Serialize(root.GetRawText()));
        var files = new[] { Repository.Fixture("formats", "k2_synthetic.json"), scratch.File("bare.json"), scratch.File("text.json") };

        AssertSameBytes(files.Select(file => Model.Read(file, cancellationToken: TestContext.Current.CancellationToken)).ToList(), 3);
    }

    [Theory]
    [InlineData("""{"name": "s", "layers": [{"class_name": "Dense", "config": {"name": "d", "batch_input_shape": [null, 3], "units": 4}}]}""")]
    [InlineData("""[{"class_name": "Dense", "config": {"name": "d", "batch_input_shape": [null, 3], "units": 4}}]""")]
    public void What_a_sequential_model_gives_as_its_configuration_is_read(string json)
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File("config.json"), json);

        var model = Model.Read(scratch.File("config.json"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([1, 4], Assert.Single(model.Outputs).Shape);
    }

    private static void AssertSameBytes(List<Model> models, int count)
    {
        Assert.Equal(count, models.Count);
        Assert.All(models.Skip(1), model =>
        {
            Assert.Equal(WrittenFiles.Onnx(models[0]), WrittenFiles.Onnx(model));
            Assert.Equal(WrittenFiles.Tflite(models[0]), WrittenFiles.Tflite(model));
        });
    }
}

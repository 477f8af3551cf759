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

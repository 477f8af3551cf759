using System.Runtime.InteropServices;
using EdgeBench.Cluster.Checking;
using EdgeBench.Models;
using EdgeBench.Tests.Models;

namespace EdgeBench.Tests.Cluster;

/// <summary>Inputs of the gate that hold places in a table.</summary>
public sealed class IndexInputsTests
{
    [Fact]
    public void They_are_spread_over_the_whole_table_and_stay_in_it()
    {
        const int Limit = 50;
        var given = IndexInputs.Of([new TensorSpec("words", "int32", [1, 400]) { IndexLimit = Limit }], seed: 7);

        var places = MemoryMarshal.Cast<byte, int>(given["words"]).ToArray();
        Assert.Equal(400, places.Length);
        Assert.All(places, place => Assert.InRange(place, 0, Limit - 1));
        Assert.True(places.Distinct().Count() > Limit / 2);
    }

    [Fact]
    public void Other_inputs_are_left_to_the_runner()
    {
        Assert.Empty(IndexInputs.Of([new TensorSpec("image", "float32", [1, 2, 2, 3])], seed: 7));
    }

    [Fact]
    public void An_embedding_tells_how_many_places_its_table_has()
    {
        using var scratch = new ScratchFolder();
        var path = scratch.File("words.json");
        File.WriteAllText(
            path,
            "{\"class_name\": \"Sequential\", \"keras_version\": \"2.12.0\", \"config\": {\"name\": \"m\", \"layers\": [{\"class_name\": "
            + "\"Embedding\", \"config\": {\"name\": \"words\", \"batch_input_shape\": [null, 6], \"dtype\": \"float32\", "
            + "\"input_dim\": 30, \"output_dim\": 4}}, {\"class_name\": \"Flatten\", \"config\": {\"name\": \"flat\"}}]}}");
        var model = Model.Read(path, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(30, Assert.Single(model.Inputs).IndexLimit);
    }
}

using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>Layers that apply another one.</summary>
public sealed class WrapperTests : IDisposable
{
    private const string Convolution = """
        {"class_name": "Conv2D", "config": {"name": "c", "filters": 3, "kernel_size": [3, 3], "activation": "relu"} }
        """;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_kernel_that_was_normalised_in_training_is_taken_as_it_is_stored()
    {
        var wrapped = Read($$$"""
            {"class_name": "SpectralNormalization", "config": {"name": "n", "power_iterations": 2, "layer": {{{Convolution}}} } }
            """);
        var nested = Read($$$"""
            {"class_name": "Sequential", "config": {"name": "n", "layers": [{{{Convolution}}}]} }
            """);
        (int[] Shape, float[] Values) input = ([1, 5, 6, 2], [.. Enumerable.Range(0, 60).Select(i => MathF.Sin(1.3f * i))]);

        // It has a vector of its own beside the layer's weights.
        Assert.Equal(nested.Parameters + 3, wrapped.Parameters);
        var expected = WrittenFiles.Run(nested, input)["ONNX Runtime"];
        Assert.All(WrittenFiles.Run(wrapped, input).Values, run => Assert.InRange(WrittenFiles.Difference(expected, run), 0, 1e-6));
    }

    private Model Read(string layer)
    {
        var file = _scratch.File("model.json");
        File.WriteAllText(file, $$$"""
            {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 5, 6, 2], "dtype": "float32", "name": "x"} },
              {{{layer}}}]} }
            """);
        return Model.Read(file, cancellationToken: TestContext.Current.CancellationToken);
    }
}

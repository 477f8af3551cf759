using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>Keras 1 had other names for nearly everything.</summary>
public sealed class Keras1Tests : IDisposable
{
    private const string Convolution =
        """
        {"class_name": "Convolution2D", "config": {"name": "c", "batch_input_shape": [null, 9, 8, 3], "input_dtype": "float32",
         "nb_filter": 4, "nb_row": 3, "nb_col": 2, "border_mode": "valid", "subsample": [2, 1], "bias": false, "dim_ordering": "tf",
         "activation": "relu", "init": "<lambda>"}}
        """;

    private readonly ScratchFolder _scratch = new();

    [Fact]
    public void An_architecture_is_read_whether_or_not_it_names_its_version()
    {
        var model = Read(Sequential(Convolution));
        var unnamed = Read(Sequential(Convolution).Replace("\"keras_version\": \"1.2.2\", ", "", StringComparison.Ordinal));

        Assert.Equal("convolution2d_input_1", Assert.Single(model.Inputs).Name);
        Assert.Equal([1, 4, 7, 4], Assert.Single(model.Outputs).Shape);
        Assert.Equal(3 * 2 * 3 * 4, model.Parameters);
        Assert.Equal(WrittenFiles.Onnx(model), WrittenFiles.Onnx(unnamed));
    }

    [Fact]
    public void A_sequence_that_begins_with_merged_models_has_their_inputs_in_their_order()
    {
        var model = Read(Sequential(
            $$$"""
            {"class_name": "Merge", "config": {"name": "joined", "mode": "concat", "mode_type": "raw", "concat_axis": -1, "layers": [
              {"class_name": "Sequential", "config": [{{{Dense("left", 5, inputs: 4)}}}]},
              {"class_name": "Sequential", "config": [{{{Dense("right", 6, inputs: 3)}}}]}]}}
            """,
            Dense("out", 2)));

        Assert.Equal(["dense_input_1", "dense_input_2"], model.Inputs.Select(input => input.Name));
        Assert.Equal([[1, 4], [1, 3]], model.Inputs.Select(input => input.Shape));
        Assert.Equal((5 * 5) + (4 * 6) + (12 * 2), model.Parameters);
    }

    [Theory]
    [InlineData("""{"class_name": "Merge", "config": {"name": "joined", "mode": "<lambda>", "mode_type": "lambda"}}""", "Python code")]
    [InlineData("""{"class_name": "Merge", "config": {"name": "joined", "mode": "cos", "mode_type": "raw"}}""", "'cos'")]
    [InlineData("""{"class_name": "BatchNormalization", "config": {"name": "joined", "axis": -1, "mode": 2}}""", "mode 2")]
    public void What_no_later_keras_has_is_refused_by_layer_and_reason(string layer, string reason)
    {
        var exception = Assert.Throws<ModelNotAcceptedException>(() => Read(Sequential(Convolution, layer)));

        Assert.Contains("'joined'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"class_name": "Merge", "config": {"name": "m", "layers": [{"class_name": "Sequential", "config": []}]}}""")]
    [InlineData("""{"class_name": "Merge", "config": {"name": "m", "layers": [{"class_name": "Model", "config": {"output_layers": {}}}]}}""")]
    [InlineData("""{"class_name": "Dense", "config": {"name": "d", "output_dim": 3, "output_dim": 4, "bias": true}}""")]
    [InlineData("""{"class_name": "ZeroPadding2D", "config": {"name": "z", "padding": {"top_pad": []}, "dim_ordering": 3}}""")]
    public void An_architecture_that_does_not_hold_together_is_refused(string layer) =>
        Assert.Throws<ModelNotAcceptedException>(() => Read(Sequential(layer)));

    public void Dispose() => _scratch.Dispose();

    private static string Sequential(params string[] layers) =>
        $$"""{"class_name": "Sequential", "keras_version": "1.2.2", "config": [{{string.Join(", ", layers)}}]}""";

    private static string Dense(string name, int units, int? inputs = null)
    {
        var shape = inputs is null ? "" : $"\"batch_input_shape\": [null, {inputs}], \"input_dtype\": \"float32\", ";
        return $$$"""
            {"class_name": "Dense", "config": {"name": "{{{name}}}", {{{shape}}}"output_dim": {{{units}}}, "bias": true, "activation": "linear",
             "init": "glorot_uniform"}}
            """;
    }

    private Model Read(string architecture)
    {
        File.WriteAllText(_scratch.File("model.json"), architecture);
        return Model.Read(_scratch.File("model.json"), cancellationToken: TestContext.Current.CancellationToken);
    }
}

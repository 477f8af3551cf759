using EdgeBench.Models;
using EdgeBench.Models.Onnx.Wire;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Tests.Models;

/// <summary>Recurrent layers beyond what they compute, which the shared test data shows.</summary>
public sealed class RecurrentLayerTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(TfliteKernels.BuiltIn)]
    [InlineData(TfliteKernels.Xnnpack)]
    internal void A_run_does_not_see_the_states_that_the_one_before_left(TfliteKernels kernels)
    {
        Assert.SkipWhen(TfliteLibrary.WhyNot is not null, TfliteLibrary.WhyNot ?? "");
        var entry = Case("k3_lstm_sequences.keras");
        using var session = new TfliteSession(WrittenFiles.Tflite(entry.Read()), kernels);

        var first = session.Run(entry.Inputs);

        Assert.Equal(first[0], session.Run(entry.Inputs)[0]);
    }

    [Fact]
    public void An_lstm_is_one_operator_in_tflite_where_its_gates_are_sigmoids()
    {
        Assert.Equal(["UNIDIRECTIONAL_SEQUENCE_LSTM"], Operators("k3_lstm_sequences.keras"));
        Assert.Equal(["UNIDIRECTIONAL_SEQUENCE_LSTM", "STRIDED_SLICE"], Operators("k3_lstm.keras"));
        Assert.Equal(
            ["REVERSE_V2", "UNIDIRECTIONAL_SEQUENCE_RNN"], Operators("k3_simplernn_nobias_backwards.keras"));
    }

    [Theory]
    [InlineData("k3_lstm.keras", "LSTM")]
    [InlineData("k3_lstm_activations.keras", "LSTM")]
    [InlineData("k3_gru.keras", "GRU")]
    [InlineData("k3_gru_reset_before.keras", "GRU")]
    [InlineData("k3_simplernn_sequences.keras", "RNN")]
    public void A_recurrent_layer_is_one_operator_in_onnx(string name, string type)
    {
        var nodes = ModelProto.Parser.ParseFrom(WrittenFiles.Onnx(Case(name).Read())).Graph.Node;

        Assert.Single(nodes, node => node.OpType == type);
        Assert.All(nodes, node => Assert.Contains(node.OpType, (string[])[type, "Reshape"]));
    }

    [Theory]
    [InlineData("GRU", 400, "\"return_sequences\": true, \"recurrent_activation\": \"sigmoid\"")]
    [InlineData("GRU", 2600, "\"return_sequences\": true, \"recurrent_activation\": \"sigmoid\"")]
    [InlineData("GRU", 400, "\"go_backwards\": true, \"recurrent_activation\": \"sigmoid\"")]
    [InlineData("LSTM", 300, "\"return_sequences\": true, \"recurrent_activation\": \"hard_sigmoid\"")]
    public void Long_sequences_go_through_loops_and_compute_the_same_in_every_runtime(string layer, int steps, string options)
    {
        var file = _scratch.File("long.json");
        File.WriteAllText(file, $$"""
            {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "long", "layers": [
              {"class_name": "InputLayer", "config": {"batch_input_shape": [null, {{steps}}, 3], "dtype": "float32", "name": "x"} },
              {"class_name": "Bidirectional", "config": {"name": "both", "merge_mode": "concat", "layer":
                {"class_name": "{{layer}}", "config": {"name": "layer", "units": 4, "reset_after": true, "activation": "tanh", {{options}} } } } } ] } }
            """);
        var model = Model.Read(file, cancellationToken: TestContext.Current.CancellationToken);
        var random = new Random(1);
        var input = Enumerable.Range(0, steps * 3).Select(_ => (random.NextSingle() * 2) - 1).ToArray();

        var runs = WrittenFiles.Run(model, ([1, steps, 3], input));

        Assert.Contains("WHILE", TfliteReader.Read(WrittenFiles.Tflite(model)).Operators.Select(step => step.Name));
        Assert.All(runs.Values, run => Assert.InRange(WrittenFiles.Difference(runs["ONNX Runtime"], run), 0, 1e-5));
        Assert.InRange(WrittenFiles.Tflite(model).Length, 0, 1_000_000);
    }

    [Fact]
    public void Costs_count_every_step()
    {
        const int Units = 4;
        var lstm = Case("k3_lstm.keras").Read();
        var (steps, features) = (lstm.Inputs[0].Shape[1], lstm.Inputs[0].Shape[2]);
        var macs = steps * 4 * Units * (features + Units);

        // Per step and unit: 4 biases and 3 products; by the newer rule also 4 sums of products, and the sum of the cell.
        Assert.Equal(
            (macs, (2 * macs) + (steps * 7 * Units), (2 * macs) + (steps * 12 * Units)), (lstm.Macs, lstm.Flops, lstm.ProfilerFlops));

        var gru = Case("k3_gru.keras").Read();
        (steps, features) = (gru.Inputs[0].Shape[1], gru.Inputs[0].Shape[2]);
        macs = steps * 3 * Units * (features + Units);

        // Two biases for each of 3 gates, 3 products, a difference; by the newer rule also 4 sums.
        Assert.Equal(
            (macs, (2 * macs) + (steps * 10 * Units), (2 * macs) + (steps * 14 * Units)), (gru.Macs, gru.Flops, gru.ProfilerFlops));
    }

    private static ModelCase Case(string name) => ModelCase.Of(Repository.Shared("fixtures", "layers"), "manifest_k3.json", name);

    private static IEnumerable<string> Operators(string name) =>
        TfliteReader.Read(WrittenFiles.Tflite(Case(name).Read())).Operators.Select(step => step.Name);
}

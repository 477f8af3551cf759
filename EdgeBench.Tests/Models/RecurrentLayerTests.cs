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
    [InlineData("GRU", 400, "\"reset_after\": true, \"return_sequences\": true, \"recurrent_activation\": \"sigmoid\"")]
    [InlineData("GRU", 2600, "\"reset_after\": true, \"return_sequences\": true, \"recurrent_activation\": \"sigmoid\"")]
    [InlineData("GRU", 400, "\"reset_after\": true, \"go_backwards\": true, \"recurrent_activation\": \"sigmoid\"")]
    [InlineData("LSTM", 300, "\"return_sequences\": true, \"recurrent_activation\": \"hard_sigmoid\"")]
    public void Long_sequences_go_through_loops_and_compute_the_same_in_every_runtime(string layer, int steps, string options)
    {
        var file = _scratch.File("long.json");
        File.WriteAllText(file, $$"""
            {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "long", "layers": [
              {"class_name": "InputLayer", "config": {"batch_input_shape": [null, {{steps}}, 3], "dtype": "float32", "name": "x"} },
              {"class_name": "Bidirectional", "config": {"name": "both", "merge_mode": "concat", "layer":
                {"class_name": "{{layer}}", "config": {"name": "layer", "units": 4, "activation": "tanh", {{options}} } } } } ] } }
            """);
        var model = Model.Read(file, cancellationToken: TestContext.Current.CancellationToken);
        var random = new Random(1);
        var input = Enumerable.Range(0, steps * 3).Select(_ => (random.NextSingle() * 2) - 1).ToArray();

        var runs = WrittenFiles.Run(model, ([1, steps, 3], input));

        Assert.Contains("WHILE", TfliteReader.Read(WrittenFiles.Tflite(model)).Operators.Select(step => step.Name));
        Assert.All(runs.Values, run => Assert.InRange(WrittenFiles.Difference(runs["ONNX Runtime"], run), 0, 1e-5));
        Assert.InRange(WrittenFiles.Tflite(model).Length, 0, 1_000_000);
    }

    [Theory]
    [InlineData("CuDNNLSTM")]
    [InlineData("CuDNNGRU")]
    public void A_layer_of_cudnn_has_the_matrices_of_its_gates_the_other_way_round(string layer)
    {
        const int Steps = 3, Features = 2, Units = 3;
        var input = Enumerable.Range(0, Steps * Features).Select(i => MathF.Sin(1.1f * i)).ToArray();
        var model = Read(Steps, Features, $"{{\"class_name\": \"{layer}\", \"config\": {{\"name\": \"a\", \"units\": {Units}}}}}");
        var gates = layer == "CuDNNLSTM" ? 4 : 3;
        var kernel = SyntheticArrays.Of("a/kernel", [Features, gates * Units]);
        var recurrent = SyntheticArrays.Of("a/recurrent_kernel", [Units, gates * Units]);
        var bias = SyntheticArrays.Of("a/bias", [2 * gates * Units]);
        var (state, cell) = (new double[Units], new double[Units]);
        for (var step = 0; step < Steps; step++)
        {
            var x = input.Skip(step * Features).Take(Features).Select(value => (double)value).ToArray();
            var before = state;
            state = [.. Enumerable.Range(0, Units).Select(unit =>
            {
                double In(int gate) => Turned(kernel, x, gate, unit) + bias[(gate * Units) + unit];
                double Back(int gate) => Turned(recurrent, before, gate, unit) + bias[((gates + gate) * Units) + unit];
                if (gates == 4)
                {
                    cell[unit] = (Sigmoid(In(1) + Back(1)) * cell[unit]) + (Sigmoid(In(0) + Back(0)) * Math.Tanh(In(2) + Back(2)));
                    return Sigmoid(In(3) + Back(3)) * Math.Tanh(cell[unit]);
                }

                var update = Sigmoid(In(0) + Back(0));
                return (update * before[unit]) + ((1 - update) * Math.Tanh(In(2) + (Sigmoid(In(1) + Back(1)) * Back(2))));
            })];
        }

        var expected = Array.ConvertAll(state, value => (float)value);
        Assert.All(
            WrittenFiles.Run(model, ([1, Steps, Features], input)).Values,
            run => Assert.InRange(WrittenFiles.Difference(expected, run[0]), 0, 1e-5));

        // The columns of a gate hold, row by row, a matrix of a row for each unit.
        double Turned(double[] matrix, double[] vector, int gate, int unit) => vector.Select((value, i) =>
        {
            var at = (unit * vector.Length) + i;
            return value * matrix[(at / Units * gates * Units) + (gate * Units) + (at % Units)];
        }).Sum();

        static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
    }

    [Theory]
    [InlineData("\"return_sequences\": true")]
    [InlineData("\"strides\": [2, 1]")]
    public void A_convolutional_memory_computes_the_same_with_the_channels_first(string options)
    {
        int[] last = [3, 5, 4, 2], first = [3, 2, 5, 4];
        var values = Enumerable.Range(0, 120).Select(i => MathF.Sin(1.1f * i)).ToArray();
        var (model, other) = (Read(last, Layer("channels_last")), Read(first, Layer("channels_first")));
        var expected = WrittenFiles.Run(model, ([1, .. last], values))["ONNX Runtime"][0];
        var shape = model.Outputs[0].Shape.ToArray();

        Assert.All(
            WrittenFiles.Run(other, ([1, .. first], ToFirst(values, 20, 2))).Values,
            run => Assert.InRange(WrittenFiles.Difference(ToFirst(expected, shape[^2] * shape[^3], shape[^1]), run[0]), 0, 1e-5));

        string Layer(string order) => $$$"""
            {"class_name": "ConvLSTM2D", "config": {"name": "a", "filters": 3, "kernel_size": [3, 2], "padding": "same", "activation": "tanh",
             "recurrent_activation": "hard_sigmoid", "data_format": "{{{order}}}", {{{options}}} } }
            """;

        static float[] ToFirst(float[] images, int places, int channels) =>
            [.. images.Chunk(places * channels).SelectMany(image => Enumerable.Range(0, image.Length)
                .Select(i => image[(i % places * channels) + (i / places)]))];
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

    private Model Read(int steps, int features, string layer) => Read([steps, features], layer);

    private Model Read(int[] shape, string layer)
    {
        var file = _scratch.File("model.json");
        File.WriteAllText(file, $$"""
            {"class_name": "Sequential", "keras_version": "2.2.4", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "config": {"batch_input_shape": [null, {{string.Join(", ", shape)}}], "name": "x"} },
              {{layer}} ] } }
            """);
        return Model.Read(file, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static ModelCase Case(string name) => ModelCase.Of(Repository.Shared("fixtures", "layers"), "manifest_k3.json", name);

    private static IEnumerable<string> Operators(string name) =>
        TfliteReader.Read(WrittenFiles.Tflite(Case(name).Read())).Operators.Select(step => step.Name);
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>Recurrent layers as LSTM, GRU and RNN, which have the steps first, and the units of each gate as rows.</summary>
internal static class RecurrentEmitter
{
    private static readonly long[] StepsFirst = [1, 0, 2];
    private static readonly long[] BatchFirst = [2, 0, 1, 3];

    /// <summary>Whether an operator of ONNX computes the same: none has a mask of any steps, and not every function.</summary>
    public static bool Takes(Recurrence recurrence) => !recurrence.HasMask && Functions(recurrence.Cell) is not null;

    public static void Emit(OnnxGraphBuilder builder, Operator step, Recurrence recurrence)
    {
        var kernel = step.Inputs[1];
        var units = step.Inputs[2].Shape[0];
        var gates = kernel.Shape[1] / units;
        var order = recurrence.Cell.Kind == RecurrentKind.LongShortTermMemory ? (int[])[0, 3, 1, 2] : [.. Enumerable.Range(0, gates)];
        var (batch, steps) = (step.Input.Shape[0], step.Input.Shape[1]);
        var sequence = builder.Tensor(step.Input, Layout.ChannelsLast);
        var turned = batch == 1
            ? builder.Step(Role("steps"), "Reshape", [sequence, builder.Wholes("shape", [steps, 1, kernel.Shape[0]])])
            : builder.Step(Role("steps"), "Transpose", [sequence], Attribute("perm", StepsFirst));
        string[] inputs =
        [
            turned,
            Rows(builder, kernel, order, units),
            Rows(builder, step.Inputs[2], order, units),
            Biases(builder, step.Inputs[3], order, units),
            .. States(),
        ];
        var results = builder.Steps(
            [Role("outputs"), .. step.Outputs.Skip(Recurrence.LastState).Select((_, i) => Role($"state_{i}"))],
            Operator(recurrence.Cell.Kind), inputs, [.. Attributes(recurrence, units)]);
        EmitOutputs(builder, step, results, units);

        IEnumerable<string> States() => recurrence.HasStates
            ? step.Inputs.Skip(Recurrence.FirstState).Select(state => builder.Step(
                Role("first"), "Reshape", [builder.Tensor(state, Layout.ChannelsLast), builder.Wholes("shape", [1, batch, units])]))
                .Prepend("")
            : [];

        string Role(string role) => $"{step.Output.Name}/{role}";
    }

    /// <summary>The file has (steps, 1, batch, units) and (1, batch, units).</summary>
    private static void EmitOutputs(OnnxGraphBuilder builder, Operator step, string[] results, int units)
    {
        var (sequence, batch) = (step.Output, step.Output.Shape[0]);
        if (builder.IsRead(sequence))
        {
            var ordered = batch == 1 ? results[0]
                : builder.Step($"{sequence.Name}/batches", "Transpose", [results[0]], Attribute("perm", BatchFirst));
            builder.Compute(
                sequence, Layout.ChannelsLast, "Reshape",
                [ordered, builder.Wholes("shape", [.. sequence.Shape.Select(size => (long)size)])]);
        }

        var shape = builder.Wholes("shape", [batch, units]);
        var states = step.Outputs.Skip(1).Zip([results[1], .. results.Skip(1)]);
        foreach (var (value, result) in states.Where(pair => builder.IsRead(pair.First)))
        {
            builder.Compute(value, Layout.ChannelsLast, "Reshape", [result, shape]);
        }
    }

    private static string Operator(RecurrentKind kind) => kind switch
    {
        RecurrentKind.LongShortTermMemory => "LSTM",
        RecurrentKind.Simple => "RNN",
        _ => "GRU",
    };

    private static IEnumerable<AttributeProto> Attributes(Recurrence recurrence, int units)
    {
        var functions = Functions(recurrence.Cell)!;
        yield return Attribute("hidden_size", units);
        yield return Attribute("activations", functions.Select(function => function.Name));
        var alphas = functions.Select(function => function.Alpha).OfType<double>().ToList();
        if (alphas.Count > 0)
        {
            yield return Attribute("activation_alpha", alphas);
        }

        var betas = functions.Select(function => function.Beta).OfType<double>().ToList();
        if (betas.Count > 0)
        {
            yield return Attribute("activation_beta", betas);
        }

        if (recurrence.Backwards)
        {
            yield return Attribute("direction", "reverse");
        }

        if (recurrence.Cell.Kind == RecurrentKind.GatedRecurrentUnitResetAfter)
        {
            yield return Attribute("linear_before_reset", 1);
        }
    }

    /// <summary>The functions in ONNX' order; null where it lacks one.</summary>
    private static List<(string Name, double? Alpha, double? Beta)>? Functions(RecurrentCell cell)
    {
        List<Operation?> wanted = cell.Kind switch
        {
            RecurrentKind.LongShortTermMemory => [cell.Gate, cell.Function, cell.Function],
            RecurrentKind.Simple => [cell.Function],
            _ => [cell.Gate, cell.Function],
        };
        var found = wanted.ConvertAll(Function);
        return found.TrueForAll(function => function is not null) ? found.ConvertAll(function => function!.Value) : null;
    }

    private static (string Name, double? Alpha, double? Beta)? Function(Operation? operation) => operation switch
    {
        Identity => ("Affine", 1, 0),
        Activation { Kind: ActivationKind.Relu } => ("Relu", null, null),
        Activation { Kind: ActivationKind.Tanh } => ("Tanh", null, null),
        Activation { Kind: ActivationKind.Sigmoid } => ("Sigmoid", null, null),
        Activation { Kind: ActivationKind.HardSigmoid } hard => ("HardSigmoid", hard.Alpha, hard.Beta),
        Activation { Kind: ActivationKind.LeakyRelu } leaky => ("LeakyRelu", leaky.Alpha, null),
        Activation { Kind: ActivationKind.Elu } elu => ("Elu", elu.Alpha, null),
        Activation { Kind: ActivationKind.Softsign } => ("Softsign", null, null),
        Activation { Kind: ActivationKind.Softplus } => ("Softplus", null, null),
        _ => null,
    };

    /// <summary>(in, gates * units) as (1, gates * units, in), the gates in another order.</summary>
    private static string Rows(OnnxGraphBuilder builder, Value kernel, int[] order, int units) => builder.Formed(
        kernel, "gates", [1, kernel.Shape[1], kernel.Shape[0]], () =>
        {
            var (values, width) = (kernel.Constant!, kernel.Shape[1]);
            var rows = new float[values.Length];
            var inputs = kernel.Shape[0];
            for (var row = 0; row < width; row++)
            {
                var column = (order[row / units] * units) + (row % units);
                for (var i = 0; i < inputs; i++)
                {
                    rows[(row * inputs) + i] = values[(i * width) + column];
                }
            }

            return rows;
        });

    /// <summary>ONNX has a bias for either product; Keras has one for the first, or both.</summary>
    private static string Biases(OnnxGraphBuilder builder, Value bias, int[] order, int units)
    {
        var width = order.Length * units;
        return builder.Formed(bias, "gates", [1, 2 * width], () =>
        {
            var (values, biases) = (bias.Constant!, new float[2 * width]);
            for (var i = 0; i < values.Length; i++)
            {
                var (product, place) = (i / width * width, i % width);
                biases[i] = values[product + (order[place / units] * units) + (place % units)];
            }

            return biases;
        });
    }
}

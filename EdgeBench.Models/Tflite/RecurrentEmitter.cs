using EdgeBench.Models.Graphs;
using EdgeBench.Models.Passes;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Recurrent layers as TFLite's operators over whole sequences. Their states are variables, which begin with zero when a caller
/// resets them, as before every run it has to.</summary>
internal static class RecurrentEmitter
{
    /// <summary>Whether an operator of TFLite computes the same: they begin with zero, have no mask, and give no state but the last
    /// output.</summary>
    public static bool Takes(Operator step, Recurrence recurrence, GraphUses uses) =>
        !recurrence.HasMask && !recurrence.HasStates && Function(recurrence.Cell.Function) is not null && recurrence.Cell.Kind switch
        {
            RecurrentKind.Simple => true,
            RecurrentKind.LongShortTermMemory => recurrence.Cell.Gate is Activation { Kind: ActivationKind.Sigmoid }
                && !uses.IsUsed(step.Outputs[Recurrence.LastState + 1]),
            _ => false,
        };

    public static void Emit(TfliteGraphBuilder builder, Operator step, Recurrence recurrence)
    {
        var name = step.Output.Name;
        var backwards = builder.Wholes("axes", [1], 1);
        var input = builder.Tensor(step.Input);
        if (recurrence.Backwards)
        {
            input = builder.Step($"{name}/reversed", step.Input.Shape, BuiltinOperator.ReverseV2, [input, backwards]);
        }

        // The operator's own order of steps: the last output is behind the others.
        var options = new Options { [ActivationFusion.Option] = (double)Function(recurrence.Cell.Function)! };
        var (code, inputs) = recurrence.Cell.Kind == RecurrentKind.Simple
            ? (BuiltinOperator.UnidirectionalSequenceRnn, Simple(builder, step, input))
            : (BuiltinOperator.UnidirectionalSequenceLstm, LongShortTermMemory(builder, step, input));
        int outputs;
        if (recurrence.Backwards || !builder.IsRead(step.Output))
        {
            outputs = builder.Step($"{name}/outputs", step.Output.Shape, code, inputs, options);
            if (builder.IsRead(step.Output))
            {
                builder.Compute(step.Output, BuiltinOperator.ReverseV2, [outputs, backwards]);
            }
        }
        else
        {
            builder.Compute(step.Output, code, inputs, options);
            outputs = builder.Tensor(step.Output);
        }

        foreach (var value in step.Outputs.Skip(1).Take(2).Where(builder.IsRead))
        {
            EmitLast(builder, value, outputs, step.Output.Shape);
        }
    }

    public static void Emit(TfliteGraphBuilder builder, Operator step, WhileLoop loop) => builder.ComputeAll(
        step.Outputs, BuiltinOperator.While, [.. step.Inputs.Select(builder.Tensor)],
        new Options { ["condSubgraphIndex"] = builder.Part(loop.Condition), ["bodySubgraphIndex"] = builder.Part(loop.Body) });

    private static void EmitLast(TfliteGraphBuilder builder, Value value, int outputs, IReadOnlyList<int> shape)
    {
        var last = shape[1] - 1;
        builder.Compute(
            value,
            BuiltinOperator.StridedSlice,
            [
                outputs, builder.Wholes("begin", [3], 0, last, 0), builder.Wholes("end", [3], 0, last + 1, 0),
                builder.Wholes("strides", [3], 1, 1, 1),
            ],
            new Options { ["beginMask"] = 0b101, ["endMask"] = 0b101, ["shrinkAxisMask"] = 0b010 });
    }

    private static int[] Simple(TfliteGraphBuilder builder, Operator step, int input)
    {
        var (kernel, recurrent) = (step.Inputs[1], step.Inputs[2]);
        return
        [
            input, builder.Kernel(kernel, [kernel.Shape[1], kernel.Shape[0]]), builder.Kernel(recurrent, [.. recurrent.Shape.Reverse()]),
            builder.Tensor(step.Inputs[3]), builder.Variable($"{step.Output.Name}/state", [step.Input.Shape[0], recurrent.Shape[0]]),
        ];
    }

    /// <summary>Gates in the order input, forget, candidate, output; peepholes, projection and normalisation are left out.</summary>
    private static int[] LongShortTermMemory(TfliteGraphBuilder builder, Operator step, int input)
    {
        const int Gates = 4;
        const int None = -1;
        var (kernel, recurrent, bias) = (step.Inputs[1], step.Inputs[2], step.Inputs[3]);
        var units = recurrent.Shape[0];
        int[] state = [step.Input.Shape[0], units];
        return
        [
            input,
            .. ForGates(gate => builder.Kernel(kernel, [units, kernel.Shape[0]], gate * units)),
            .. ForGates(gate => builder.Kernel(recurrent, [units, units], gate * units)),
            None, None, None,
            .. ForGates(gate => builder.Tensor(bias.Channels(gate * units, units))),
            None, None,
            builder.Variable($"{step.Output.Name}/output_state", state), builder.Variable($"{step.Output.Name}/cell_state", state),
            None, None, None, None,
        ];

        static IEnumerable<int> ForGates(Func<int, int> tensor) => Enumerable.Range(0, Gates).Select(tensor);
    }

    /// <summary>The function in the operators' options; null where they do not have it.</summary>
    private static FusedActivation? Function(Operation? function) => function switch
    {
        Identity => FusedActivation.None,
        Activation { Kind: ActivationKind.Tanh } => FusedActivation.Tanh,
        Activation activation when ActivationFusion.Fused(activation) is not FusedActivation.None and var fused => fused,
        _ => null,
    };
}

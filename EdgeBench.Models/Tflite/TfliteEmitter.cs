using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Passes;
using Options = System.Collections.Generic.Dictionary<string, double>;

namespace EdgeBench.Models.Tflite;

/// <summary>Writes a graph as TFLite: the operators that TensorFlow's converter gives, in float32, with static shapes and no version of an
/// operator that TFLite 2.9.0 does not know.</summary>
internal static class TfliteEmitter
{
    /// <summary>Name of the option with the activation that an operator applies itself.</summary>
    public const string ActivationOption = "fusedActivationFunction";

    /// <summary>The graph as it is written.</summary>
    /// <exception cref="ModelRefusedException">TFLite cannot express it; every layer is named.</exception>
    public static TfliteGraph Emit(Graph graph)
    {
        var builder = new TfliteGraphBuilder(graph);
        var fused = ActivationFusion.Find(graph);
        var absorbed = fused.Values.ToHashSet();
        var problems = new List<ModelProblem>();
        foreach (var step in graph.Operators.Where(step => !absorbed.Contains(step)))
        {
            var activation = fused.GetValueOrDefault(step);
            var whole = activation is null
                ? step
                : step with { Outputs = activation.Outputs, Sources = GraphEditing.Sources(step, activation) };
            try
            {
                builder.Begin(whole.Sources);
                RequireDimensions(whole);
                Emit(builder, whole, ActivationFusion.Fused(activation?.Operation));
            }
            catch (LayerNotSupportedException e)
            {
                problems.AddRange(step.Sources.Select(layer => new ModelProblem(layer, null, e.Message)));
                builder.Leave(whole.Output);
            }
        }

        if (problems.Count > 0)
        {
            throw new ModelRefusedException(problems);
        }

        foreach (var output in graph.Outputs)
        {
            var producer = graph.Operators.FirstOrDefault(step => step.Outputs.Contains(output.Value));
            builder.Begin(producer?.Sources ?? [output.Value.Name]);
            builder.Finish(output);
        }

        return builder.ToGraph();
    }

    /// <summary>Options of an operator that has only the activation.</summary>
    public static Options With(FusedActivation activation) => new() { [ActivationOption] = (double)activation };

    private static void Emit(TfliteGraphBuilder builder, Operator step, FusedActivation activation)
    {
        switch (step.Operation)
        {
            case Convolution convolution:
                WindowEmitter.Emit(builder, step, convolution, activation);
                break;
            case Pooling pooling:
                WindowEmitter.Emit(builder, step, pooling, activation);
                break;
            case MatrixProduct:
                EmitProduct(builder, step, activation);
                break;
            case Reduction reduction:
                builder.Compute(
                    step.Output,
                    reduction.Aggregate == Aggregate.Average ? BuiltinOperator.Mean : BuiltinOperator.ReduceMax,
                    [builder.Tensor(step.Input), builder.Wholes("axes", [reduction.Axes.Count], [.. reduction.Axes])],
                    new Options { ["keepDims"] = reduction.KeepDimensions ? 1 : 0 });
                break;
            case Arithmetic arithmetic:
                RequireFewDimensions(step);
                builder.Compute(
                    step.Output,
                    arithmetic.Kind switch
                    {
                        ArithmeticKind.Add => BuiltinOperator.Add,
                        ArithmeticKind.Subtract => BuiltinOperator.Sub,
                        ArithmeticKind.Multiply => BuiltinOperator.Mul,
                        _ => BuiltinOperator.Div,
                    },
                    [.. step.Inputs.Select(builder.Tensor)],
                    With(activation));
                break;
            case ScaleShift scaling:
                EmitScaleShift(builder, step, scaling, activation);
                break;
            case Activation function:
                ActivationEmitter.Emit(builder, step, function);
                break;
            case Softmax softmax:
                EmitSoftmax(builder, step, softmax);
                break;
            case Concatenation concatenation:
                builder.Compute(
                    step.Output, BuiltinOperator.Concatenation, [.. step.Inputs.Select(builder.Tensor)],
                    new Options { ["axis"] = concatenation.Axis });
                break;
            case Padding padding:
                var pads = Pads(builder, padding);
                if (padding.Value == 0)
                {
                    builder.Compute(step.Output, BuiltinOperator.Pad, [builder.Tensor(step.Input), pads]);
                }
                else
                {
                    builder.Compute(step.Output, BuiltinOperator.PadV2, [builder.Tensor(step.Input), pads, builder.Scalar(padding.Value)]);
                }

                break;
            case Reshaping:
                builder.Compute(
                    step.Output, BuiltinOperator.Reshape,
                    [builder.Tensor(step.Input), builder.Wholes("shape", [step.Output.Rank], [-1, .. step.Output.Shape.Skip(1)])]);
                break;
            default:
                throw new NotSupportedException($"no TFLite form of {step.Operation.GetType().Name}");
        }
    }

    /// <summary>Zeros or another constant in front and behind, as a list of pairs.</summary>
    public static int Pads(TfliteGraphBuilder builder, Padding padding) => builder.Wholes(
        "pads", [padding.Before.Count, 2], [.. padding.Before.Zip(padding.After).SelectMany(pair => new[] { pair.First, pair.Second })]);

    /// <summary>XNNPACK refuses a whole file for one tensor beyond.</summary>
    private static void RequireDimensions(Operator step)
    {
        const int Most = 6;
        if (step.Inputs.Concat(step.Outputs).Max(value => value.Rank) is > Most and var rank)
        {
            throw new LayerNotSupportedException(
                $"it works on a tensor of {rank} dimensions, and TFLite takes at most {Most}; convert the model to onnx");
        }
    }

    /// <summary>Kernels that repeat elements end the process where there are more dimensions than they know.</summary>
    private static void RequireFewDimensions(Operator step)
    {
        if (step.Output.Rank > LimitDimensions.Most && step.Inputs.Any(input => !input.Shape.SequenceEqual(step.Output.Shape)))
        {
            throw new LayerNotSupportedException(
                $"TFLite repeats elements along at most {LimitDimensions.Most} dimensions; convert the model to onnx");
        }
    }

    private static void EmitProduct(TfliteGraphBuilder builder, Operator step, FusedActivation activation)
    {
        const int KeepsDimensions = 5;
        var kernel = step.Inputs[1];
        var isMatrix = step.Output.Rank == 2;
        var options = With(activation);
        options["keepNumDims"] = isMatrix ? 0 : 1;
        builder.Compute(
            step.Output,
            BuiltinOperator.FullyConnected,
            [
                builder.Tensor(step.Input), builder.Kernel(kernel, [kernel.Shape[1], kernel.Shape[0]]),
                step.Inputs.Count > 2 ? builder.Tensor(step.Inputs[2]) : -1,
            ],
            options,
            isMatrix ? 1 : KeepsDimensions);
    }

    private static void EmitScaleShift(TfliteGraphBuilder builder, Operator step, ScaleShift scaling, FusedActivation activation)
    {
        var input = builder.Tensor(step.Input);
        var (scale, offset) = (step.Inputs[1], step.Inputs[2]);
        int[] shape = [scale.Shape[0], .. Enumerable.Repeat(1, step.Output.Rank - 1 - scaling.Axis)];
        if (!offset.Constant!.AsSpan().ContainsAnyExcept(0f))
        {
            builder.Compute(step.Output, BuiltinOperator.Mul, [input, builder.Reshaped(scale, shape)], With(activation));
            return;
        }

        if (step.Output.Rank <= LimitDimensions.Most && !scale.Constant!.AsSpan().ContainsAnyExcept(-1f))
        {
            builder.Compute(step.Output, BuiltinOperator.Sub, [builder.Reshaped(offset, shape), input], With(activation));
            return;
        }

        if (scale.Constant!.AsSpan().ContainsAnyExcept(1f))
        {
            input = builder.Step(
                $"{step.Output.Name}/scaled", step.Output.Shape, BuiltinOperator.Mul, [input, builder.Reshaped(scale, shape)],
                With(FusedActivation.None));
        }

        builder.Compute(step.Output, BuiltinOperator.Add, [input, builder.Reshaped(offset, shape)], With(activation));
    }

    /// <summary>TFLite has it over the last axis only.</summary>
    private static void EmitSoftmax(TfliteGraphBuilder builder, Operator step, Softmax softmax)
    {
        var (code, options) = softmax.Logarithm
            ? (BuiltinOperator.LogSoftmax, new Options())
            : (BuiltinOperator.Softmax, new Options { ["beta"] = 1 });
        var input = builder.Tensor(step.Input);
        var last = step.Output.Rank - 1;
        if (softmax.Axis == last)
        {
            builder.Compute(step.Output, code, [input], options);
            return;
        }

        // Swapping two axes undoes itself.
        int[] order = [.. Enumerable.Range(0, last + 1)];
        (order[softmax.Axis], order[last]) = (last, softmax.Axis);
        int[] turned = [.. order.Select(axis => step.Output.Shape[axis])];
        var permutation = builder.Wholes("order", [order.Length], order);
        var there = builder.Step($"{step.Output.Name}/turned", turned, BuiltinOperator.Transpose, [input, permutation]);
        var soft = builder.Step($"{step.Output.Name}/soft", turned, code, [there], options);
        builder.Compute(step.Output, BuiltinOperator.Transpose, [soft, permutation]);
    }
}

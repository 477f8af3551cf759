using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

namespace EdgeBench.Models.Onnx;

/// <summary>
/// Writes a graph as ONNX, opset 13 and IR 7. Images are channels first inside the file; callers feed and read channels last, as in Keras,
/// through one transposition.
/// </summary>
internal static class OnnxEmitter
{
    private const int IrVersion = 7;
    private const int Opset = 13;

    /// <summary>The model without its constants, and the constants.</summary>
    public static (ModelProto Model, IReadOnlyList<OnnxInitializer> Initializers) Emit(Graph graph)
    {
        var builder = new OnnxGraphBuilder(graph);
        foreach (var step in graph.Operators)
        {
            builder.Begin(step.Sources);
            Emit(builder, step);
        }

        foreach (var output in graph.Outputs)
        {
            var producer = graph.Operators.FirstOrDefault(step => step.Outputs.Contains(output.Value));
            builder.Begin(producer?.Sources ?? [output.Value.Name]);
            builder.Finish(output);
        }

        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "EdgeBench",
            OpsetImport = { new OperatorSetIdProto { Version = Opset } },
            Graph = new GraphProto
            {
                Name = graph.Name.Length == 0 ? "model" : graph.Name,
                Node = { builder.Nodes },
                Input = { graph.Inputs.Select(Describe) },
                Output = { graph.Outputs.Select(Describe) },
            },
            MetadataProps = { new StringStringEntryProto { Key = SourceMap.Key, Value = builder.Sources.ToJson() } },
        };
        return (model, builder.Initializers);
    }

    private static ValueInfoProto Describe(GraphTensor tensor) => new()
    {
        Name = tensor.Name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = OnnxInitializer.Float,
                Shape = new TensorShapeProto
                {
                    Dim = { tensor.Value.Shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) },
                },
            },
        },
    };

    private static void Emit(OnnxGraphBuilder builder, Operator step)
    {
        switch (step.Operation)
        {
            case Convolution convolution:
                WindowEmitter.Emit(builder, step, convolution);
                break;
            case Pooling pooling:
                WindowEmitter.Emit(builder, step, pooling);
                break;
            case MatrixProduct:
                EmitProduct(builder, step);
                break;
            case Reduction reduction:
                EmitReduction(builder, step, reduction);
                break;
            case Arithmetic arithmetic:
                EmitArithmetic(builder, step, arithmetic);
                break;
            case ScaleShift scaling:
                EmitScaleShift(builder, step, scaling);
                break;
            case Activation activation:
                ActivationEmitter.Emit(builder, step, activation);
                break;
            case Softmax softmax:
                var soft = builder.Prevailing([step.Input]);
                builder.Compute(
                    step.Output, soft, softmax.Logarithm ? "LogSoftmax" : "Softmax", [builder.Tensor(step.Input, soft)],
                    Attribute("axis", Axis(softmax.Axis, step.Output.Rank, soft)));
                break;
            case Concatenation concatenation:
                var joined = builder.Prevailing(step.Inputs);
                builder.Compute(
                    step.Output, joined, "Concat", step.Inputs.Select(input => builder.Tensor(input, joined)),
                    Attribute("axis", Axis(concatenation.Axis, step.Output.Rank, joined)));
                break;
            case Padding padding:
                EmitPadding(builder, step, padding);
                break;
            case Reshaping:
                EmitReshape(builder, step);
                break;
            default:
                throw new NotSupportedException($"no ONNX form of {step.Operation.GetType().Name}");
        }
    }

    private static void EmitProduct(OnnxGraphBuilder builder, Operator step)
    {
        var input = builder.Tensor(step.Input, Layout.ChannelsLast);
        var kernel = Constant(builder, step.Inputs[1]);
        if (step.Output.Rank == 2)
        {
            builder.Compute(
                step.Output, Layout.ChannelsLast, "Gemm",
                step.Inputs.Count > 2 ? [input, kernel, Constant(builder, step.Inputs[2])] : [input, kernel]);
        }
        else if (step.Inputs.Count > 2)
        {
            var product = builder.Step($"{step.Output.Name}/product", "MatMul", [input, kernel]);
            builder.Compute(step.Output, Layout.ChannelsLast, "Add", [product, Constant(builder, step.Inputs[2])]);
        }
        else
        {
            builder.Compute(step.Output, Layout.ChannelsLast, "MatMul", [input, kernel]);
        }
    }

    /// <summary>Over all spatial dimensions of an image there are operators that ONNX Runtime keeps in its blocked layout.</summary>
    private static void EmitReduction(OnnxGraphBuilder builder, Operator step, Reduction reduction)
    {
        var rank = step.Input.Rank;
        var average = reduction.Aggregate == Aggregate.Average;
        if (rank >= 3 && reduction.Axes.Order().SequenceEqual(Enumerable.Range(1, rank - 2)))
        {
            var type = average ? "GlobalAveragePool" : "GlobalMaxPool";
            var image = builder.Tensor(step.Input, Layout.ChannelsFirst);
            if (reduction.KeepDimensions)
            {
                builder.Compute(step.Output, Layout.ChannelsFirst, type, [image]);
            }
            else
            {
                var pooled = builder.Step($"{step.Output.Name}/pooled", type, [image]);
                builder.Compute(step.Output, Layout.ChannelsLast, "Flatten", [pooled], Attribute("axis", 1));
            }

            return;
        }

        builder.Compute(
            step.Output, Layout.ChannelsLast, average ? "ReduceMean" : "ReduceMax", [builder.Tensor(step.Input, Layout.ChannelsLast)],
            Attribute("axes", reduction.Axes.Select(axis => (long)axis)), Attribute("keepdims", reduction.KeepDimensions ? 1 : 0));
    }

    private static void EmitArithmetic(OnnxGraphBuilder builder, Operator step, Arithmetic arithmetic)
    {
        var type = arithmetic.Kind switch
        {
            ArithmeticKind.Add => "Add",
            ArithmeticKind.Subtract => "Sub",
            ArithmeticKind.Multiply => "Mul",
            _ => "Div",
        };

        // A tensor of lower rank meets the last dimensions, so both have to be channels last.
        var tensors = step.Inputs.Where(input => !input.IsConstant).ToList();
        var layout = tensors.TrueForAll(input => input.Rank == step.Output.Rank) ? builder.Prevailing(tensors) : Layout.ChannelsLast;
        builder.Compute(
            step.Output, layout, type,
            step.Inputs.Select(input =>
                input.IsConstant ? Operand(builder, input, step.Output.Rank, layout) : builder.Tensor(input, layout)));
    }

    private static void EmitScaleShift(OnnxGraphBuilder builder, Operator step, ScaleShift scaling)
    {
        var layout = builder.Prevailing([step.Input]);
        var input = builder.Tensor(step.Input, layout);
        var (scale, offset) = (step.Inputs[1], step.Inputs[2]);
        var scales = scale.Constant!.AsSpan().ContainsAnyExcept(1f);
        var shifts = offset.Constant!.AsSpan().ContainsAnyExcept(0f);
        if (scales && shifts)
        {
            input = builder.Step($"{step.Output.Name}/scaled", "Mul", [input, PerChannel(scale)]);
        }

        if (shifts)
        {
            builder.Compute(step.Output, layout, "Add", [input, PerChannel(offset)]);
        }
        else
        {
            builder.Compute(step.Output, layout, "Mul", [input, PerChannel(scale)]);
        }

        string PerChannel(Value constant)
        {
            var shape = Enumerable.Repeat(1, step.Output.Rank).ToArray();
            shape[scaling.Axis] = constant.Shape[0];
            return Operand(builder, new Value(constant.Name, shape, constant.Constant), step.Output.Rank, layout);
        }
    }

    private static void EmitPadding(OnnxGraphBuilder builder, Operator step, Padding padding)
    {
        var layout = builder.Prevailing([step.Input]);
        var rank = step.Output.Rank;
        var pads = new long[2 * rank];
        for (var axis = 0; axis < rank; axis++)
        {
            pads[Axis(axis, rank, layout)] = padding.Before[axis];
            pads[rank + Axis(axis, rank, layout)] = padding.After[axis];
        }

        builder.Compute(
            step.Output, layout, "Pad", [builder.Tensor(step.Input, layout), builder.Wholes("pads", pads), builder.Scalar(padding.Value)]);
    }

    /// <summary>The order of the elements counts, so the tensor must lie as in the graph, or its layouts must be the same bytes.</summary>
    private static void EmitReshape(OnnxGraphBuilder builder, Operator step)
    {
        var asItLies = builder.Has(step.Input, Layout.ChannelsFirst) && IsSameInMemory(step.Input);
        var input = builder.Tensor(step.Input, asItLies ? Layout.ChannelsFirst : Layout.ChannelsLast);
        var layout = step.Output.Rank >= 3 && IsSameInMemory(step.Output) ? Layout.ChannelsFirst : Layout.ChannelsLast;
        builder.Compute(step.Output, layout, "Reshape", [input, builder.Wholes("shape", [.. Dimensions(step.Output, layout)])]);
    }

    /// <summary>A constant as it is.</summary>
    private static string Constant(OnnxGraphBuilder builder, Value constant) =>
        builder.Floats(constant.Name, constant.Shape.Select(size => (long)size), () => constant.Constant!);

    /// <summary>A constant beside a tensor of a rank, in its layout.</summary>
    private static string Operand(OnnxGraphBuilder builder, Value constant, int rank, Layout layout)
    {
        if (constant.Rank == 0)
        {
            return builder.Scalar(constant.Constant![0]);
        }

        int[] shape = [.. Enumerable.Repeat(1, Math.Max(rank - constant.Rank, 0)), .. constant.Shape];
        if (layout == Layout.ChannelsLast || rank < 3)
        {
            return builder.Floats(constant.Name, shape.Select(size => (long)size), () => constant.Constant!);
        }

        var raised = new Value(constant.Name, shape, constant.Constant);
        return builder.Floats(constant.Name, Dimensions(raised, layout), () => Transposition.ToChannelsFirst(constant.Constant!, shape));
    }
}

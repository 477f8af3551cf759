using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>Arithmetic with constants per channel, and chains of it, as one scale and one offset (computed in double precision).</summary>
internal static class FoldScaling
{
    private sealed record Affine(Value Input, double[] Scale, double[] Offset);

    public static Graph Run(Graph graph, List<string> changes)
    {
        var uses = new GraphUses(graph);
        var known = new Dictionary<Value, (Affine Affine, Operator Step)>();
        var kept = new List<Operator>();
        foreach (var step in graph.Operators)
        {
            if (AsAffine(step) is not { } affine)
            {
                kept.Add(step);
                continue;
            }

            var sources = step.Sources;
            if (uses.IsPrivate(affine.Input) && known.TryGetValue(affine.Input, out var before))
            {
                affine = Chain(before.Affine, affine);
                sources = GraphEditing.Sources(before.Step, step);
                kept.Remove(before.Step);
                changes.Add($"merged {GraphEditing.Describe(before.Step)} with {GraphEditing.Describe(step)}");
            }

            if (affine.Scale.Concat(affine.Offset).Any(number => !float.IsFinite((float)number)))
            {
                kept.Add(step);
                continue;
            }

            int[] shape = [affine.Scale.Length];
            var folded = new Operator(
                new ScaleShift(step.Output.Rank - 1),
                [affine.Input, Constant(step, "scale", shape, affine.Scale), Constant(step, "offset", shape, affine.Offset)],
                step.Outputs,
                sources);
            kept.Add(folded);
            known[step.Output] = (affine, folded);
        }

        return graph with { Operators = kept };
    }

    private static Value Constant(Operator step, string role, int[] shape, double[] values) =>
        Value.Computed($"{step.Output.Name}/{role}", shape, values);

    private static Affine Chain(Affine first, Affine second) => new(
        first.Input,
        [.. first.Scale.Zip(second.Scale, (a, b) => a * b)],
        [.. first.Offset.Select((offset, i) => (offset * second.Scale[i]) + second.Offset[i])]);

    private static Affine? AsAffine(Operator step)
    {
        if (step.Operation is ScaleShift scaling)
        {
            return scaling.Axis == step.Output.Rank - 1
                ? new Affine(step.Input, step.Inputs[1].Exact(), step.Inputs[2].Exact())
                : null;
        }

        if (step.Operation is not Arithmetic { Kind: var kind } || step.Inputs.Count != 2 || step.Output.Type != ElementType.Float32)
        {
            return null;
        }

        var (left, right) = (step.Inputs[0], step.Inputs[1]);
        if (!left.IsConstant && PerChannel(right, left, step.Output) is { } number)
        {
            return kind switch
            {
                ArithmeticKind.Add => new Affine(left, Ones(number), number),
                ArithmeticKind.Subtract => new Affine(left, Ones(number), Array.ConvertAll(number, value => -value)),
                ArithmeticKind.Multiply => new Affine(left, number, new double[number.Length]),
                ArithmeticKind.Divide => new Affine(left, Array.ConvertAll(number, value => 1 / value), new double[number.Length]),
                _ => null,
            };
        }

        return !right.IsConstant && PerChannel(left, right, step.Output) is { } first
            ? kind switch
            {
                ArithmeticKind.Add => new Affine(right, Ones(first), first),
                ArithmeticKind.Subtract => new Affine(right, Array.ConvertAll(first, _ => -1.0), first),
                ArithmeticKind.Multiply => new Affine(right, first, new double[first.Length]),
                _ => null,
            }
            : null;
    }

    /// <summary>A constant that is one number, or one per channel, as one per channel; null where it is anything else.</summary>
    private static double[]? PerChannel(Value constant, Value tensor, Value output)
    {
        if (!constant.IsConstant || tensor.Rank == 0 || !tensor.Shape.SequenceEqual(output.Shape)
            || constant.Shape.SkipLast(1).Any(size => size != 1))
        {
            return null;
        }

        var exact = constant.Exact();
        return exact.Length == 1 ? Enumerable.Repeat(exact[0], tensor.Shape[^1]).ToArray() : exact;
    }

    private static double[] Ones(double[] like) => Array.ConvertAll(like, _ => 1.0);
}

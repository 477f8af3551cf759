using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Quantization;

/// <summary>A node of an ONNX graph with those behind it that vanish in its integer kernel: an addition of constants behind a product of
/// matrices, and a lower bound of 0, which is the least integer's value then.</summary>
/// <param name="Nodes">The nodes, each the only reader of the one before.</param>
/// <param name="Kernel">The integer kernel; null where the node has none.</param>
internal sealed record OnnxStep(IReadOnlyList<NodeProto> Nodes, OnnxKernel? Kernel)
{
    /// <summary>The node with the kernel.</summary>
    public NodeProto First => Nodes[0];

    /// <summary>What the step computes.</summary>
    public IReadOnlyList<string> Outputs => Nodes[^1].Output;

    /// <summary>Whether the second input is a kernel of weights. A stack of matrices is none: its channels cannot have scales of their
    /// own.</summary>
    public bool HasWeights(OnnxTensors tensors) => Kernel is { WeightAxis: not null }
        && tensors.Constant(tensors[First.Input[1]]) is { } kernel && (First.OpType != "MatMul" || kernel.Shape.Count == 2);

    /// <summary>Divides a graph into steps.</summary>
    public static List<OnnxStep> Of(GraphProto graph, OnnxTensors tensors)
    {
        var readers = graph.Node.SelectMany(node => node.Input.Distinct().Select(input => (input, node)))
            .ToLookup(read => read.input, read => read.node);
        var outputs = graph.Output.Select(output => output.Name).ToHashSet();
        var absorbed = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var steps = new List<OnnxStep>();
        foreach (var node in graph.Node.Where(node => !absorbed.Contains(node)))
        {
            var kernel = KernelOf(node, tensors);
            List<NodeProto> nodes = [node];
            if (kernel is { Kind: IntegerKind.Computing })
            {
                while (!outputs.Contains(nodes[^1].Output[0]) && readers[nodes[^1].Output[0]].ToList() is [var next]
                    && Vanishes(nodes, next, tensors))
                {
                    nodes.Add(next);
                    absorbed.Add(next);
                }
            }

            steps.Add(new OnnxStep(nodes, kernel));
        }

        return steps;
    }

    private static OnnxKernel? KernelOf(NodeProto node, OnnxTensors tensors)
    {
        var kernel = OnnxKernel.Of(node.OpType);
        var isFloat = node.Output.All(output => tensors.IsActivation(tensors[output]));
        var takesOnlyWeights = node.OpType is "Conv" or "Gemm";
        return isFloat && (!takesOnlyWeights || node.Input.Skip(1).All(input => tensors.Constant(tensors[input]) is not null))
            ? kernel
            : null;
    }

    private static bool Vanishes(List<NodeProto> nodes, NodeProto next, OnnxTensors tensors) => next.OpType switch
    {
        "Add" => nodes is [{ OpType: "MatMul" } product] && tensors.Constant(tensors[product.Input[1]]) is not null
            && next.Input.Any(input => tensors.Constant(tensors[input]) is { Shape.Count: 1 }),
        "Relu" => true,
        "Clip" => tensors.Constant(tensors[next.Input[1]]) is { Count: 1 } least && least.Read()[0] == 0,
        _ => false,
    };
}

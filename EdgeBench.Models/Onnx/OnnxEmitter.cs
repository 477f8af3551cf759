using EdgeBench.Models.Graphs;
using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Onnx;

/// <summary>
/// Writes a graph as ONNX, opset 13 and IR 7. Images are channels first inside the file; callers feed and read channels last, as in Keras,
/// through one transposition.
/// </summary>
internal static class OnnxEmitter
{
    private const int IrVersion = 7;
    private const int Opset = 13;

    /// <summary>The graph as it is written.</summary>
    public static OnnxGraph Emit(Graph graph)
    {
        var builder = new OnnxGraphBuilder(graph);
        foreach (var step in graph.Operators)
        {
            builder.Begin(step.Sources);
            OnnxForms.Emit(builder, step);
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
        };
        return new OnnxGraph(model, builder.Initializers, builder.Sources);
    }

    private static ValueInfoProto Describe(GraphTensor tensor) => new()
    {
        Name = tensor.Name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = OnnxInitializer.TypeOf(tensor.Value.Type),
                Shape = new TensorShapeProto
                {
                    Dim = { tensor.Value.Shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) },
                },
            },
        },
    };
}

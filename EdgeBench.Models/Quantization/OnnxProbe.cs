using EdgeBench.Models.Onnx;
using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Quantization;

/// <summary>An ONNX model that computes, in place of its outputs, the least and the greatest value of tensors inside.</summary>
internal static class OnnxProbe
{
    /// <summary>The model.</summary>
    /// <param name="model">The model in floats.</param>
    /// <param name="tensors">Names of the tensors, at least one.</param>
    public static OnnxGraph Write(OnnxGraph model, IReadOnlyList<string> tensors)
    {
        const string OneElement = "ranges/one_element";
        var probe = model.Model.Clone();
        var graph = probe.Graph;
        graph.Output.Clear();
        AddPacked("ReduceMin", RangeProbe.Minima);
        AddPacked("ReduceMax", RangeProbe.Maxima);
        return new OnnxGraph(probe, [.. model.Initializers, OnnxInitializer.Wholes(OneElement, [1])], new SourceMap());

        void AddPacked(string reduction, string name)
        {
            var values = new List<string>();
            foreach (var tensor in tensors)
            {
                var value = $"{tensor}/{name}";
                Add(reduction, [tensor], value, OnnxGraphBuilder.Attribute("keepdims", 0L));
                values.Add($"{value}/element");
                Add("Reshape", [value, OneElement], values[^1]);
            }

            Add("Concat", values, name, OnnxGraphBuilder.Attribute("axis", 0L));
            var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimValue = tensors.Count } } };
            var type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = OnnxInitializer.Float, Shape = shape } };
            graph.Output.Add(new ValueInfoProto { Name = name, Type = type });
        }

        void Add(string type, IEnumerable<string> inputs, string output, params AttributeProto[] attributes) => graph.Node.Add(
            new NodeProto { OpType = type, Name = output, Input = { inputs }, Output = { output }, Attribute = { attributes } });
    }
}

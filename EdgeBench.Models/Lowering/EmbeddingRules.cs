using EdgeBench.Models.Graphs;
using EdgeBench.Models.Lowering.Functions;

namespace EdgeBench.Models.Lowering;

/// <summary>Vectors for whole numbers.</summary>
internal static class EmbeddingRules
{
    /// <summary>Row i of a table for every i.</summary>
    public static Value Embedding(LayerContext layer)
    {
        layer.RefuseQuantizedWeights();
        var table = layer.Variable("embeddings", layer.Config.Whole("input_dim"), layer.Config.Whole("output_dim"));
        var output = layer.Gather(table, layer.Input, 0);
        if (layer.Config.Flag("mask_zero", false))
        {
            layer.SetMask(output, layer.Compare(ComparisonKind.NotEqual, layer.Input, layer.Number(0, layer.Input.Type)));
        }

        return output;
    }
}

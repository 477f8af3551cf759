using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Onnx;

/// <summary>Products of matrices.</summary>
internal static class ProductEmitter
{
    public static void EmitMatrixProduct(OnnxGraphBuilder builder, Operator step)
    {
        var input = builder.Tensor(step.Input, Layout.ChannelsLast);
        var kernel = builder.Constant(step.Inputs[1]);
        if (step.Output.Rank == 2)
        {
            builder.Compute(
                step.Output, Layout.ChannelsLast, "Gemm",
                step.Inputs.Count > 2 ? [input, kernel, builder.Constant(step.Inputs[2])] : [input, kernel]);
        }
        else if (step.Inputs.Count > 2)
        {
            var product = builder.Step($"{step.Output.Name}/product", "MatMul", [input, kernel]);
            builder.Compute(step.Output, Layout.ChannelsLast, "Add", [product, builder.Constant(step.Inputs[2])]);
        }
        else
        {
            builder.Compute(step.Output, Layout.ChannelsLast, "MatMul", [input, kernel]);
        }
    }
}

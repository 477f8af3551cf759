using EdgeBench.Models.Graphs;
using static EdgeBench.Models.Onnx.OnnxGraphBuilder;

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

    public static void Emit(OnnxGraphBuilder builder, Operator step, BatchedMatrixProduct product) => builder.Compute(
        step.Output, Layout.ChannelsLast, "MatMul",
        [Operand(builder, step.Inputs[0], product.TransposeLeft), Operand(builder, step.Inputs[1], product.TransposeRight)]);

    private static string Operand(OnnxGraphBuilder builder, Value value, bool transposes)
    {
        var tensor = builder.Tensor(value, Layout.ChannelsLast);
        long[] order = [.. Enumerable.Range(0, value.Rank - 2).Select(axis => (long)axis), value.Rank - 1, value.Rank - 2];
        return transposes ? builder.Step($"{value.Name}/transposed", "Transpose", [tensor], Attribute("perm", order)) : tensor;
    }
}

using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Passes;

namespace EdgeBench.Models.Tflite;

/// <summary>Products of matrices.</summary>
internal static class ProductEmitter
{
    public static void EmitMatrixProduct(TfliteGraphBuilder builder, Operator step, FusedActivation activation)
    {
        const int KeepsDimensions = 5;
        var kernel = step.Inputs[1];
        var isMatrix = step.Output.Rank == 2;
        var options = ActivationFusion.Options(activation);
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

    public static void Emit(TfliteGraphBuilder builder, Operator step, BatchedMatrixProduct product)
    {
        if (step.Output.Rank > LimitDimensions.Most)
        {
            throw new LayerNotSupportedException(
                $"TFLite multiplies matrices in at most {LimitDimensions.Most} dimensions; convert the model to onnx");
        }

        builder.Compute(
            step.Output, BuiltinOperator.BatchMatMul, [builder.Tensor(step.Inputs[0]), builder.Tensor(step.Inputs[1])],
            new Dictionary<string, double>
            {
                ["adjX"] = product.TransposeLeft ? 1 : 0,
                ["adjY"] = product.TransposeRight ? 1 : 0,
            });
    }
}

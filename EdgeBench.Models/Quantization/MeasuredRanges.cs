using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Quantization;

/// <summary>The ranges that a file in 8-bit integers is made with.</summary>
internal static class MeasuredRanges
{
    /// <summary>The range of a tensor by its name.</summary>
    /// <exception cref="ModelRefusedException">There are none, now or when a name is asked for.</exception>
    public static Func<string, TensorRange> Of(ModelWriteOptions options, string format)
    {
        if (options.Ranges is not { } ranges)
        {
            throw Refused("int8 needs to know what its tensors hold: give samples of the inputs with --calibration, or --ranges");
        }

        return tensor => ranges.Find(format, tensor) ?? throw Refused(
            $"the ranges do not have the tensor {tensor} of the {format} file: they are of another model or of another version of the "
            + "converter; measure them anew with --calibration");
    }

    private static ModelRefusedException Refused(string reason) => new([new ModelProblem(null, null, reason)]);
}

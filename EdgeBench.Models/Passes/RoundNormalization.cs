using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>The scales of batch normalisations in single precision, bit for bit those of a TensorFlow converter, so that the scales of the
/// 8-bit weights they are folded into are its own too. Files in floats keep the exact ones.</summary>
internal static class RoundNormalization
{
    public static Graph Run(Graph graph, List<string> changes) => GraphEditing.ReplaceEach(
        graph, changes, step => Round(step) is { } rounded ? ([rounded], $"rounded {GraphEditing.Describe(step)}") : null);

    private static Operator? Round(Operator step)
    {
        if (step.Operation is not ScaleShift { Normalization: { } statistics })
        {
            return null;
        }

        var scale = step.Inputs[1];
        var rounded = scale.Exact().ToArray();
        for (var i = 0; i < rounded.Length; i++)
        {
            var deviation = statistics.Variance[i] + (float)statistics.Epsilon;
            if (float.IsNormal(deviation))
            {
                rounded[i] = (statistics.Gamma?[i] ?? 1f) * ReciprocalSquareRoot(deviation);
            }
        }

        return step with { Inputs = [step.Input, Value.Computed(scale.Name, scale.Shape, rounded), step.Inputs[2]] };
    }

    /// <summary>1 / sqrt(x) of a normal x above 0, as Eigen had it in 2020: RSQRTPS and one step of Newton's. Of that instruction Intel's
    /// processors are meant, as others give other bits: it looks at the exponent and the first 10 bits of the mantissa, and tells what is
    /// right in the middle of all such numbers, to 12 bits.</summary>
    private static float ReciprocalSquareRoot(float x)
    {
        const int MantissaBits = 23;
        const uint LookedUp = 1u << (MantissaBits - 10);
        const uint Told = 1u << (MantissaBits - 12);
        var middle = BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(x) & ~(LookedUp - 1)) | (LookedUp / 2));
        var exact = BitConverter.SingleToUInt32Bits((float)(1 / Math.Sqrt(middle)));
        var estimate = BitConverter.UInt32BitsToSingle((exact + (Told / 2)) & ~(Told - 1));

        // Each product is rounded, as by a processor without fused multiply-adds.
        var half = x * -0.5f * estimate;
        var correction = (estimate * half) + 1.5f;
        return estimate * correction;
    }
}

namespace EdgeBench.Models;

/// <summary>What is said of a finished file of a runtime, which is given as it is.</summary>
internal static class FinishedFile
{
    /// <summary>Why its numbers do not change.</summary>
    public static string OtherPrecision(ModelPrecision precision) =>
        $"is a finished file, whose numbers stay as they are; give the Keras model to have it in {precision.Name()}, or leave the "
        + "precision out";
}

using System.Globalization;

namespace EdgeBench.Messages.Tasks;

/// <summary>What became of one of a task's models in one format and precision.</summary>
/// <param name="Model">Which of the request's models, from 0.</param>
/// <param name="Format">The format.</param>
/// <param name="Converted">The converted model, or null where it was refused.</param>
/// <param name="Refusal">Why it was refused and what to do, or null.</param>
/// <param name="Precision">The precision.</param>
public sealed record ModelState(
    int Model, string Format, ConvertedModel? Converted, string? Refusal, string Precision = Tasks.Precision.Single)
{
    /// <summary>What <see cref="TaskState.Models"/> knows it by.</summary>
    public static string Key(int model, string format, string precision = Tasks.Precision.Single) =>
        string.Create(CultureInfo.InvariantCulture, $"{model:D4}/{format}/{precision}");
}

using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Tasks;

/// <summary>Whether a converted model was seen to compute what it should, and how.</summary>
public sealed record ModelCheck
{
    /// <summary>What came of it.</summary>
    public required CheckOutcome Outcome { get; init; }

    /// <summary>
    /// The greatest difference between the outputs of the two runtimes, max |a - b| / max(1e-6, max |a|) of the worst output; or null
    /// where they were not compared.
    /// </summary>
    public double? Difference { get; init; }

    /// <summary>The same between the runtimes and the outputs that the user expects; or null where the user gave none.</summary>
    public double? ExpectedDifference { get; init; }

    /// <summary>The difference up to which outputs count as the same.</summary>
    public double? Tolerance { get; init; }

    /// <summary>The runtimes that ran the model, with their versions.</summary>
    public IReadOnlyList<string> Runtimes { get; init; } = [];

    /// <summary>Why it was not compared, or not in both runtimes.</summary>
    public string? Reason { get; init; }

    /// <summary>How long it took, in nanoseconds.</summary>
    public long Nanoseconds { get; init; }

    /// <summary>The user did not want it.</summary>
    public static ModelCheck Skipped { get; } = new() { Outcome = CheckOutcome.Skipped };

    /// <summary>It could not be compared with anything.</summary>
    public static ModelCheck Unchecked(string reason) => new() { Outcome = CheckOutcome.Unchecked, Reason = reason };
}

/// <summary>What came of a check that did not fail; a model whose check failed is not kept.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<CheckOutcome>))]
public enum CheckOutcome
{
    /// <summary>The outputs agree.</summary>
    Passed,

    /// <summary>There was nothing to compare them with.</summary>
    Unchecked,

    /// <summary>The user did not want it.</summary>
    Skipped,
}

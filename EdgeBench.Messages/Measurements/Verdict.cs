using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Measurements;

/// <summary>Whether a result may be quoted. The rules stand in <c>docs/measurement.md</c>.</summary>
/// <param name="Level">The worst of the reasons' levels, or <see cref="VerdictLevel.Valid"/> without any.</param>
/// <param name="Reasons">Every rule that was broken, the worst first.</param>
/// <param name="RulesVersion">The version of the rules by which it was judged.</param>
public sealed record Verdict(VerdictLevel Level, IReadOnlyList<VerdictReason> Reasons, int RulesVersion);

/// <summary>A rule that a result breaks.</summary>
/// <param name="Rule">The rule's name in <c>docs/measurement.md</c>, as <c>other-load</c>.</param>
/// <param name="Level">What breaking it means.</param>
/// <param name="Message">One line: what was seen, with figures and names, and what to do.</param>
public sealed record VerdictReason(string Rule, VerdictLevel Level, string Message);

/// <summary>How far a result can be trusted.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<VerdictLevel>))]
public enum VerdictLevel
{
    /// <summary>Nothing speaks against it.</summary>
    Valid,

    /// <summary>Something may have moved it. Look at the reasons before quoting it.</summary>
    Suspect,

    /// <summary>It is not the latency of this model under these conditions.</summary>
    Invalid,
}

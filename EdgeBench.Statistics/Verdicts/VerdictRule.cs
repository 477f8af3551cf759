using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Verdicts;

/// <summary>One thing that can be wrong with a result.</summary>
public abstract class VerdictRule
{
    /// <summary>Its name, in lower-case words with hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>When it is broken, as <c>docs/measurement.md</c> says it too.</summary>
    public abstract string Limit { get; }

    /// <summary>Looks whether the rule is broken.</summary>
    /// <returns>What was seen and what to do, or null where nothing is wrong.</returns>
    public abstract VerdictReason? Check(Evidence evidence);

    /// <summary>It is broken so that the result may be wrong.</summary>
    protected VerdictReason Suspect(string message) => new(Name, VerdictLevel.Suspect, message);

    /// <summary>It is broken so that the result is wrong.</summary>
    protected VerdictReason Invalid(string message) => new(Name, VerdictLevel.Invalid, message);
}

using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Comparisons;

/// <summary>What two measured cells say about each other.</summary>
public sealed record Comparison
{
    private Comparison(
        MeasuredCell first, MeasuredCell second, IReadOnlyList<FingerprintDifference> differences, Ratio medians, Ratio means)
    {
        First = first;
        Second = second;
        Differences = differences;
        Medians = medians;
        Means = means;
    }

    /// <summary>The first cell.</summary>
    public MeasuredCell First { get; }

    /// <summary>The second cell.</summary>
    public MeasuredCell Second { get; }

    /// <summary>
    /// The facts in which their fingerprints differ; empty also where a fingerprint is missing, see <see cref="Warnings"/>.
    /// </summary>
    public IReadOnlyList<FingerprintDifference> Differences { get; }

    /// <summary>
    /// The first's median in relation to the second's. The sentence is about it: a single slow run moves a mean, but not a median.
    /// </summary>
    public Ratio Medians { get; }

    /// <summary>The first's mean in relation to the second's.</summary>
    public Ratio Means { get; }

    /// <summary>What speaks against quoting the comparison; empty where nothing does.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. VerdictWarning(First),
        .. VerdictWarning(Second),
        .. First.Fingerprint is null || Second.Fingerprint is null
            ? ["the conditions of both are not known, so they may differ in more than is shown"]
            : Array.Empty<string>(),
    ];

    /// <summary>
    /// The answer in one line, as <c>A is 1.47 ± 0.07 times faster than B</c> or <c>within noise: A/B = 1.01 (0.97 to 1.05)</c>; without
    /// what <see cref="Warnings"/> says.
    /// </summary>
    public string Sentence => Medians.Sentence(First.Name, Second.Name);

    /// <summary>Compares two cells.</summary>
    public static Comparison Of(MeasuredCell first, MeasuredCell second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new Comparison(
            first,
            second,
            first.Fingerprint is { } one && second.Fingerprint is { } other ? one.DifferencesFrom(other) : [],
            Ratio.OfMedians(first.Latency, second.Latency),
            Ratio.OfMeans(first.Latency, second.Latency));
    }

    private static IEnumerable<string> VerdictWarning(MeasuredCell cell) => cell.Verdict switch
    {
        null => [$"{cell.Name} was not judged"],
        { Level: VerdictLevel.Valid } => [],
        { Level: var level, Reasons: var reasons } =>
        [
            $"{cell.Name} is {(level == VerdictLevel.Invalid ? "INVALID" : "SUSPECT")} "
            + $"({string.Join(", ", reasons.Select(reason => reason.Rule))})",
        ],
    };
}

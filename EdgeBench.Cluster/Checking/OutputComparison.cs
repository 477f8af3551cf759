namespace EdgeBench.Cluster.Checking;

/// <summary>How far two results are from each other.</summary>
internal static class OutputComparison
{
    // An output that is all but zero everywhere is compared by this instead of by its greatest value.
    private const double LeastMagnitude = 1e-6;

    /// <summary>
    /// The greatest difference in relation to the greatest expected magnitude: max |got - expected| / max(1e-6, max |expected|). Infinite
    /// where the lengths differ, or where one is no number and the other is not the same.
    /// </summary>
    public static double Difference(ReadOnlySpan<double> expected, ReadOnlySpan<double> got)
    {
        if (expected.Length != got.Length)
        {
            return double.PositiveInfinity;
        }

        double greatest = LeastMagnitude, difference = 0;
        for (var index = 0; index < expected.Length; index++)
        {
            var (wanted, given) = (expected[index], got[index]);
            if (wanted.Equals(given))
            {
                continue;
            }

            if (!double.IsFinite(wanted) || !double.IsFinite(given))
            {
                return double.PositiveInfinity;
            }

            difference = Math.Max(difference, Math.Abs(given - wanted));
        }

        foreach (var wanted in expected)
        {
            greatest = double.IsFinite(wanted) ? Math.Max(greatest, Math.Abs(wanted)) : greatest;
        }

        return difference / greatest;
    }
}

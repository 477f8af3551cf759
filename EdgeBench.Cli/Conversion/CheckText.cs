using System.Globalization;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Conversion;

/// <summary>What is said of a check.</summary>
internal static class CheckText
{
    /// <summary>One line.</summary>
    public static string Of(ModelCheck check) => check.Outcome switch
    {
        CheckOutcome.Passed => string.Join("; ", Passed(check)) + $" ({Figures.Milliseconds(check.Nanoseconds)} ms)",
        CheckOutcome.Unchecked => $"unchecked: {check.Reason}",
        _ => "not checked, as --no-check asks",
    };

    private static IEnumerable<string> Passed(ModelCheck check)
    {
        var allowed = check.Tolerance is { } tolerance ? $" ({Number(tolerance)} is allowed)" : "";
        var runtimes = string.Join(" and ", check.Runtimes);
        if (check.Difference is { } difference)
        {
            yield return check.Tolerance is null
                ? $"the outputs of {runtimes} differ from those of the model in fp32 by {Number(difference)} at most"
                : $"the outputs of {runtimes} differ by {Number(difference)} at most{allowed}";
        }

        if (check.ExpectedDifference is { } expected)
        {
            yield return $"the outputs of {runtimes} differ from the expected ones by {Number(expected)} at most{allowed}";
        }

        if (check.Reason is { } reason)
        {
            yield return reason;
        }
    }

    private static string Number(double value) => value.ToString("0.#e-0", CultureInfo.InvariantCulture);
}

using System.Globalization;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Verdicts.Rules;

internal sealed class ImpossibleArithmetic : VerdictRule
{
    private const double Most = 1.1;

    public override string Name => "physics";

    public override string Limit => $"more than {Most.ToString(CultureInfo.InvariantCulture)} times the arithmetic that the device can do";

    public override VerdictReason? Check(Evidence evidence) => evidence.Physics is { } physics && physics.Ratio > Most
        ? Invalid(string.Create(
            CultureInfo.InvariantCulture,
            $"the shortest run would need {physics.Achieved / 1e9:0.#} GFLOP/s, {physics.Ratio:0.0#} times the {physics.Peak / 1e9:0.#} "
            + $"that the device can do ({physics.Source}); the model did not run whole, or not on this device: check outputs and unit"))
        : null;
}

internal sealed class FingerprintChanged : VerdictRule
{
    public override string Name => "fingerprint-changed";

    public override string Limit => "any fact of the fingerprint differs before and after";

    public override VerdictReason? Check(Evidence evidence) => evidence.Changed.Count > 0
        ? Invalid(
            "settings changed during the measurement: "
            + string.Join(", ", evidence.Changed.Take(3).Select(Told))
            + $"{(evidence.Changed.Count > 3 ? $" and {evidence.Changed.Count - 3} more" : "")}; leave the device alone and measure again")
        : null;

    private static string Told(FingerprintDifference fact) => $"{fact.Name} from {fact.First ?? "unknown"} to {fact.Second ?? "unknown"}";
}

internal sealed class ProviderNotAsAsked : VerdictRule
{
    private const double Least = 0.5;

    public override string Name => "provider-not-as-asked";

    public override string Limit => $"the asked provider ran less than {Figures.Percent(Least)} of the operators; INVALID if none";

    public override VerdictReason? Check(Evidence evidence)
    {
        if (evidence.AskedProvider is not { } asked
            || evidence.Starts.Select(start => start.Providers).FirstOrDefault(providers => providers is { Count: > 0 }) is not { } seen)
        {
            return null;
        }

        var (there, all) = (seen.GetValueOrDefault(asked), seen.Values.Sum());
        var others = string.Join(", ", seen.Where(provider => provider.Key != asked).Select(provider => $"{provider.Key} ({provider.Value})"));
        var message = $"{there} of {Figures.Count(all, "operator")} ran on {asked}, the others on "
            + $"{others}; check that the runtime image has this provider and that the model's operators are among those it takes";
        return there == 0 ? Invalid(message) : there < Least * all ? Suspect(message) : null;
    }
}

internal sealed class ThreadsNotAsAsked : VerdictRule
{
    // A program that reads the clock, writes lines and collects garbage uses a little more than its threads for inference do.
    private const double Tolerance = 0.25;

    public override string Name => "threads-not-as-asked";

    public override string Limit =>
        $"fewer threads worked than were asked for, or on fewer CPUs than they and the asked CPUs allow, or they used over "
        + $"{Tolerance.ToString(CultureInfo.InvariantCulture)} CPUs more";

    public override VerdictReason? Check(Evidence evidence)
    {
        if (evidence.AskedThreads is not { } asked)
        {
            return null;
        }

        var allowed = CpuList.Count(evidence.AskedCpus) is { } cpus ? Math.Min(cpus, asked) : asked;
        foreach (var start in evidence.Starts)
        {
            var wrong = start.ThreadsSeen < asked ? $"{Figures.Count(start.ThreadsSeen ?? 0, "thread")} worked"
                : CpuList.Count(start.CpusSeen) < allowed ? $"they shared CPU {start.CpusSeen}"
                : start.CpusUsed > asked + Tolerance ? $"{Figures.Cpus(start.CpusUsed ?? 0)} were used"
                : start.ThreadsSeen is null && asked > 1 && start.CpusUsed <= 1 ? "no more than one CPU was used"
                : null;
            if (wrong is not null)
            {
                return Suspect(
                    $"{Figures.Count(asked, "thread")} {(asked == 1 ? "was" : "were")} asked for, but {wrong}; the runtime did not take "
                    + "the number of threads, or the CPUs were not free: ask for what it really uses, or update the runtime");
            }
        }

        return null;
    }
}

internal sealed class OutputsDiffer : VerdictRule
{
    public override string Name => "outputs-differ";

    public override string Limit => "starts with the same inputs gave different outputs";

    public override VerdictReason? Check(Evidence evidence)
    {
        var kinds = evidence.Starts.Select(start => start.Outputs).Distinct().Count();
        return kinds > 1
            ? Suspect(
                $"{Figures.Count(evidence.Starts.Count, "start")} on the same inputs gave {kinds} different outputs, so not every start "
                + "computed the same; run with one thread to see whether the order of sums explains it")
            : null;
    }
}

/// <summary>Lists of CPUs in the kernel's form, as <c>0-2,5</c>.</summary>
internal static class CpuList
{
    /// <summary>How many CPUs a list names; null where there is none or it is not understood.</summary>
    public static int? Count(string? list)
    {
        if (string.IsNullOrWhiteSpace(list))
        {
            return null;
        }

        var count = 0;
        foreach (var part in list.Trim().Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], out var first) || !int.TryParse(ends[^1], out var last) || last < first)
            {
                return null;
            }

            count += last - first + 1;
        }

        return count;
    }
}

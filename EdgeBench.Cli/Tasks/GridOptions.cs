using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Tasks;

/// <summary>Options that take several values each: what is measured is every combination of them.</summary>
internal sealed class GridOptions
{
    /// <summary>The devices.</summary>
    public Option<List<DeviceName>> Devices { get; } = new("--device")
    {
        HelpName = "NAME,...",
        Description = "Devices to measure on; else every device that is online",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseDevices,
    };

    /// <summary>The runtimes.</summary>
    public Option<List<string>> Runtimes { get; } = new("--runtime")
    {
        HelpName = "NAME,...",
        Description = "Runtimes to measure with; else all that fit",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => [.. Values(result)],
    };

    /// <summary>The precisions.</summary>
    public Option<List<string>> Precisions { get; } = new("--precision")
    {
        HelpName = "NAME,...",
        Description = $"Precisions of the converted model: {string.Join(", ", Precision.All)}; else {Precision.Single}",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParsePrecisions,
    };

    /// <summary>The numbers of threads.</summary>
    public Option<List<int>> Threads { get; } = new("--threads")
    {
        HelpName = "N,N-M,...",
        Description = "Threads of one inference; else every core of the device, one kept for its agent where there are three or more",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseThreads,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(Devices);
        command.Options.Add(Runtimes);
        command.Options.Add(Precisions);
        command.Options.Add(Threads);
    }

    /// <summary>What stands between the commas of an option, which may be repeated.</summary>
    private static IEnumerable<string> Values(ArgumentResult result)
    {
        foreach (var token in result.Tokens)
        {
            foreach (var value in token.Value.Split(',', StringSplitOptions.TrimEntries))
            {
                if (value.Length == 0)
                {
                    result.AddError($"{NameOf(result)} {token.Value}: there is nothing before or behind a comma");
                    yield break;
                }

                yield return value;
            }
        }
    }

    private static List<DeviceName>? ParseDevices(ArgumentResult result)
    {
        var names = new List<DeviceName>();
        foreach (var value in Values(result))
        {
            if (!DeviceName.TryParse(value, null, out var name))
            {
                result.AddError($"--device {value}: no device can have that name; 'edgebench device list' shows those there are");
                return null;
            }

            names.Add(name);
        }

        return names;
    }

    private static List<string> ParsePrecisions(ArgumentResult result)
    {
        List<string> names = [.. Values(result)];
        foreach (var unknown in names.Except(Precision.All))
        {
            result.AddError($"--precision {unknown}: there are {string.Join(", ", Precision.All)}");
        }

        return names;
    }

    private static List<int>? ParseThreads(ArgumentResult result)
    {
        var threads = new List<int>();
        foreach (var value in Values(result))
        {
            var ends = value.Split('-');
            var first = ThreadsOf(ends[0]);
            var last = ThreadsOf(ends[^1]);
            if (ends.Length > 2 || first is null || last is null || first > last)
            {
                result.AddError(
                    $"--threads {value}: give whole numbers from 1 to {MeasurementOptions.MaximumThreads}, as 1,2 or 1-4");
                return null;
            }

            threads.AddRange(Enumerable.Range(first.Value, last.Value - first.Value + 1));
        }

        return [.. threads.Distinct()];
    }

    private static int? ThreadsOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= MeasurementOptions.MaximumThreads
            ? value
            : null;

    private static string NameOf(ArgumentResult result) => (result.Parent as OptionResult)?.Option.Name ?? "";
}

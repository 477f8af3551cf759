using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Tasks;

/// <summary>Options that say how each cell is measured.</summary>
internal sealed class MeasurementOptionSet
{
    private readonly Option<int> _runs = CreateCount(
        "--runs", "Timed runs of a cell, over all starts; at least so many",
        MeasurementOptions.DefaultRuns, MeasurementOptions.MaximumRuns);

    private readonly Option<int> _starts = CreateCount(
        "--starts", "Fresh containers of a cell; with --until at least so many",
        MeasurementOptions.DefaultStarts, MeasurementOptions.MaximumStarts);

    private readonly Option<double?> _until = new("--until")
    {
        HelpName = "PERCENT",
        Description = "Add starts until the interval of the mean is no wider than plus or minus so much, as 2%",
        CustomParser = ParsePercent,
    };

    private readonly Option<TimeSpan> _minimumTime = CreateTime(
        "--min-time",
        "Least time of a cell's timed runs together, as 500ms, 2s or 1m",
        TimeSpan.FromMilliseconds(MeasurementOptions.DefaultMinimumMilliseconds),
        TimeSpan.Zero,
        TimeSpan.FromMilliseconds(MeasurementOptions.MaximumMinimumMilliseconds));

    private readonly Option<TimeSpan> _maximumTime = CreateTime(
        "--max-time",
        "With --until: longest time of a cell",
        TimeSpan.FromSeconds(MeasurementOptions.DefaultMaximumSeconds),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(MeasurementOptions.LongestMaximumSeconds));

    private readonly Option<ulong> _seed = new("--seed")
    {
        HelpName = "N",
        Description = "Seed of the inputs that no file gives",
    };

    private readonly Option<Dictionary<string, string>> _inputs = new("--input")
    {
        HelpName = "NAME=FILE",
        Description = "An input of the model: a .npy file, or raw little-endian elements in C order; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParsePairs,
    };

    private readonly Option<Dictionary<string, string>> _runtimeOptions = new("--runtime-option")
    {
        HelpName = "NAME=VALUE",
        Description = "An option of the runtimes whose manifest lists it, as xnnpack=off; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParsePairs,
    };

    private readonly Option<bool> _memory = new("--memory")
    {
        Description = "Measure memory too, by a start of its own; that is so where nothing is said",
    };

    private readonly Option<bool> _noMemory = new("--no-memory") { Description = "Do not measure memory" };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] all =
        [
            _runs, _starts, _until, _minimumTime, _maximumTime, _seed, _inputs, _runtimeOptions, _memory, _noMemory,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Validate);
    }

    /// <summary>
    /// The options as the cluster takes them; the inputs are files of this machine and come apart, see <see cref="ReadInputs"/>.
    /// </summary>
    /// <exception cref="CommandException">They do not go together.</exception>
    public MeasurementOptions Read(ParseResult parsed)
    {
        var options = new MeasurementOptions
        {
            Runs = parsed.GetValue(_runs),
            Starts = parsed.GetValue(_starts),
            Until = parsed.GetValue(_until),
            MinimumMilliseconds = (int)Math.Ceiling(parsed.GetValue(_minimumTime).TotalMilliseconds),
            MaximumSeconds = (int)Math.Ceiling(parsed.GetValue(_maximumTime).TotalSeconds),
            Seed = parsed.GetValue(_seed),
            RuntimeOptions = parsed.GetValue(_runtimeOptions) ?? [],
            Memory = !parsed.GetValue(_noMemory),
        };
        return options.Problem() is { } problem ? throw new CommandException(ExitCode.Usage, problem) : options;
    }

    /// <summary>The inputs that files give.</summary>
    public IReadOnlyList<InputFile> ReadInputs(ParseResult parsed) =>
        [.. (parsed.GetValue(_inputs) ?? []).Select(input => new InputFile(input.Key, input.Value))];

    private void Validate(CommandResult result)
    {
        if (result.GetResult(_memory) is { Implicit: false } && result.GetResult(_noMemory) is { Implicit: false })
        {
            result.AddError("--memory and --no-memory: give one of them");
        }

        if (result.GetResult(_maximumTime) is { Implicit: false } && result.GetResult(_until) is null)
        {
            result.AddError("--max-time ends what --until prolongs; give --until too");
        }
    }

    /// <summary>An option that takes a number of things from 1.</summary>
    internal static Option<int> CreateCount(string name, string description, int usual, int most) => new(name)
    {
        HelpName = "N",
        Description = description,
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < 1 || value > most)
            {
                result.AddError($"{name} {text}: give a whole number from 1 to {most}");
            }

            return value;
        },
    };

    private static Option<TimeSpan> CreateTime(string name, string description, TimeSpan usual, TimeSpan least, TimeSpan most) => new(name)
    {
        HelpName = "TIME",
        Description = description,
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var time = TimeOf(text);
            if (time is null || time < least || time > most)
            {
                result.AddError($"{name} {text}: give a time from {Figures.Duration(least)} to {Figures.Duration(most)}, as 500ms, 2s, 5m or 1h");
            }

            return time ?? default;
        },
    };

    private static TimeSpan? TimeOf(string text)
    {
        var unit = text.AsSpan().TrimStart("0123456789.");
        double milliseconds = unit switch { "ms" => 1, "s" or "" => 1e3, "m" or "min" => 60e3, "h" => 3600e3, _ => double.NaN };
        return double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * milliseconds < TimeSpan.MaxValue.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(value * milliseconds)
            : null;
    }

    /// <summary>Reads a percentage, as <c>2%</c>.</summary>
    internal static double? ParsePercent(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var number = text.EndsWith('%') ? text[..^1] : "";
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value / 100 is >= MeasurementOptions.NarrowestUntil and <= MeasurementOptions.WidestUntil)
        {
            return value / 100;
        }

        result.AddError(
            $"{(result.Parent as OptionResult)?.Option.Name} {text}: give a percentage from {Figures.Percent(MeasurementOptions.NarrowestUntil)} "
            + $"to {Figures.Percent(MeasurementOptions.WidestUntil)}, as 2%");
        return null;
    }

    private static Dictionary<string, string>? ParsePairs(ArgumentResult result)
    {
        var option = (result.Parent as OptionResult)?.Option;
        var pairs = new Dictionary<string, string>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || equals == text.Length - 1 || !pairs.TryAdd(text[..equals], text[(equals + 1)..]))
            {
                result.AddError($"{option?.Name} {text}: give {option?.HelpName}, and each name once");
                return null;
            }
        }

        return pairs;
    }
}

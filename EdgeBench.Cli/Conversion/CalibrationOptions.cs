using System.CommandLine;
using EdgeBench.Cluster.Calibration;

namespace EdgeBench.Cli.Conversion;

/// <summary>Options that say by what int8 knows what the tensors of a model hold.</summary>
internal sealed class CalibrationOptions
{
    private readonly Option<string[]> _samples = new("--calibration")
    {
        HelpName = "[NAME=]FILE",
        Description = "Samples of an input, which int8 measures its ranges with: raw float32 or .npy, or a folder of them",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The file of measured ranges.</summary>
    public Option<string?> Ranges { get; } = new("--ranges")
    {
        HelpName = "FILE",
        Description = "Measured ranges for int8: convert writes them with --calibration; else they are read",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_samples);
        command.Options.Add(Ranges);
    }

    /// <summary>The name of a given option; null where none is.</summary>
    public string? Given(System.CommandLine.Parsing.CommandResult result) =>
        (result.GetResult(_samples) ?? result.GetResult(Ranges))?.Option.Name;

    /// <summary>Whether both are given.</summary>
    public bool HasBoth(System.CommandLine.Parsing.CommandResult result) =>
        result.GetResult(_samples) is not null && result.GetResult(Ranges) is not null;

    /// <summary>Where samples are.</summary>
    public IReadOnlyList<CalibrationSource> Sources(ParseResult parsed) =>
        [.. (parsed.GetValue(_samples) ?? []).Select(CalibrationSource.Parse)];
}

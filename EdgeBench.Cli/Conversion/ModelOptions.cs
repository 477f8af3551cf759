using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeBench.Models;

namespace EdgeBench.Cli.Conversion;

/// <summary>Options that say what a model file leaves open.</summary>
internal sealed class ModelOptions
{
    /// <summary>The weights of an architecture file.</summary>
    public Option<string?> Weights { get; } = new("--weights")
    {
        HelpName = "FILE",
        Description = "Weights of an architecture file (.json): what save_weights wrote",
    };

    /// <summary>The seed of synthesised weights.</summary>
    public Option<ulong> SyntheticSeed { get; } = new("--synthetic-seed")
    {
        HelpName = "N",
        Description = "Seed of the weights that an architecture file without weights is given",
    };

    /// <summary>Shapes of inputs that the file leaves open.</summary>
    public Option<Dictionary<string, IReadOnlyList<int>>> Shapes { get; } = new("--shape")
    {
        HelpName = "INPUT=16,16,3",
        Description = "Shape of an input whose size the file leaves open, without the batch; may be repeated",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseShapes,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(Weights);
        command.Options.Add(SyntheticSeed);
        command.Options.Add(Shapes);
    }

    /// <summary>The options as the library takes them.</summary>
    public ModelReadOptions Read(ParseResult parsed) => new()
    {
        WeightsFile = parsed.GetValue(Weights),
        SyntheticSeed = parsed.GetValue(SyntheticSeed),
        InputShapes = parsed.GetValue(Shapes) ?? [],
    };

    private static Dictionary<string, IReadOnlyList<int>>? ParseShapes(ArgumentResult result)
    {
        var shapes = new Dictionary<string, IReadOnlyList<int>>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            var equals = text.LastIndexOf('=');
            var sizes = text[(equals + 1)..].Split(',')
                .Select(size => int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0).ToList();
            if (equals < 1 || sizes.Contains(0) || !shapes.TryAdd(text[..equals], sizes))
            {
                result.AddError(
                    $"--shape {text}: a shape is INPUT=SIZES, as image=16,16,3, with whole numbers above 0, and once for each input");
                return null;
            }
        }

        return shapes;
    }
}

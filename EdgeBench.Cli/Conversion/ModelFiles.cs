using EdgeBench.Models;

namespace EdgeBench.Cli.Conversion;

/// <summary>Model files as commands meet them.</summary>
internal static class ModelFiles
{
    /// <summary>Reads a model.</summary>
    /// <exception cref="CommandException">There is no such file.</exception>
    public static Model Read(string path, ModelReadOptions options, CancellationToken cancellationToken)
    {
        Require(path);
        if (options.WeightsFile is { } weights)
        {
            Require(weights);
        }

        return Model.Read(path, options, cancellationToken);
    }

    /// <summary>Sees that a file, or the folder of a SavedModel, is there.</summary>
    /// <exception cref="CommandException">It is not.</exception>
    public static void Require(string path)
    {
        if (!Path.Exists(path))
        {
            throw new CommandException(ExitCode.Failed, $"there is no file {path}");
        }
    }

    /// <summary>What JSON says of a model.</summary>
    public static object Describe(Model model) => new
    {
        model.Name,
        model.Format,
        model.KerasVersion,
        weights = model.Weights.Text,
        model.Parameters,
        model.Macs,
        model.Flops,
        model.Inputs,
        model.Outputs,
        model.Warnings,
    };
}

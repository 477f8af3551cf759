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
            if (Directory.Exists(weights))
            {
                throw new CommandException(ExitCode.Failed, $"--weights: {weights} is a folder; give the file that holds the weights");
            }
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

    /// <summary>Sees that a file is there that a server can be sent.</summary>
    /// <exception cref="CommandException">It is not there, or a folder.</exception>
    /// <exception cref="ModelNotAcceptedException">It is a folder that <see cref="Model.Read"/> knows the cure for.</exception>
    public static void RequireForUpload(string path)
    {
        Require(path);
        if (path.EndsWith(".weights.json", StringComparison.Ordinal))
        {
            throw new CommandException(
                ExitCode.Failed,
                $"{path} lists weights in other files, and a server is sent one; convert the model with edgebench convert, and give that file");
        }

        if (Directory.Exists(path))
        {
            Model.Read(path);
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
        model.ProfilerFlops,
        model.Inputs,
        model.Outputs,
        model.Warnings,
    };
}

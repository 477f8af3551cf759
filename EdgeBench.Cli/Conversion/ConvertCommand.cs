using System.CommandLine;
using EdgeBench.Cli.Terminal;
using EdgeBench.Models;

namespace EdgeBench.Cli.Conversion;

/// <summary><c>edgebench convert</c>: writes a model in the format of a runtime.</summary>
internal static class ConvertCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A Keras model (.h5, .keras, .json) or an .onnx file" }.ForFiles();
        var to = new Option<string>("--to") { HelpName = "FORMAT", Description = "The format to write: onnx", Required = true };
        to.AcceptOnlyFromAmong("onnx");
        var file = new Option<string>("--out") { HelpName = "FILE", Description = "The file to write", Required = true };
        var options = new ModelOptions();

        var command = new Command("convert", "Convert a model; needs no cluster")
        {
            model,
            to,
            file,
            new Option<bool>("--no-check") { Description = "Do not compare the file's outputs with another runtime's" },
        };
        options.AddTo(command);
        return command.Does((parsed, screen, cancellationToken) => Task.FromResult(
            Run(parsed.GetRequiredValue(model), parsed.GetRequiredValue(file), options.Read(parsed), screen, cancellationToken)));
    }

    private static ExitCode Run(string path, string file, ModelReadOptions options, Screen screen, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file));
        if (!Directory.Exists(folder))
        {
            throw new CommandException(ExitCode.Failed, $"--out: there is no folder {folder}; make it first");
        }

        if (Path.GetFullPath(file) == Path.GetFullPath(path))
        {
            throw new CommandException(ExitCode.Failed, "--out names the model itself; give another file");
        }

        var model = ModelFiles.Read(path, options, cancellationToken);
        var report = model.WriteOnnx(file, cancellationToken);
        screen.Warn(model.Warnings);
        if (screen.IsJson)
        {
            screen.Json(new { file, format = "onnx", report.Bytes, report.Operators, model = ModelFiles.Describe(model), report.Passes });
        }
        else
        {
            screen.Line($"{file}: {report.Operators} operators, {Figures.Bytes(report.Bytes)}, weights {model.Weights}");
        }

        return ExitCode.Done;
    }
}

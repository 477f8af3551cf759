using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeBench.Cli.Terminal;
using EdgeBench.Models;

namespace EdgeBench.Cli.Conversion;

/// <summary><c>edgebench convert</c>: writes a model in the formats of runtimes.</summary>
internal static class ConvertCommand
{
    /// <summary>The formats, and how a model is written in each; TFLite first, as it is the one that may refuse a model.</summary>
    private static readonly Dictionary<string, Func<Model, string, CancellationToken, ConversionReport>> Formats = new()
    {
        ["tflite"] = (model, file, cancellationToken) => model.WriteTflite(file, cancellationToken),
        ["onnx"] = (model, file, cancellationToken) => model.WriteOnnx(file, cancellationToken),
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A Keras model (.h5, .keras, .json) or an .onnx file" }.ForFiles();
        var to = new Option<string[]>("--to")
        {
            HelpName = "FORMAT",
            Description = "The format to write: onnx, tflite, or both as onnx,tflite",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = ParseFormats,
            DefaultValueFactory = _ => ["onnx"],
        };
        var file = new Option<string>("--out")
        {
            HelpName = "FILE",
            Description = "The file to write; with two formats what stands before .onnx and .tflite",
            Required = true,
        };
        var options = new ModelOptions();

        var command = new Command("convert", "Convert a model; needs no cluster")
        {
            model,
            to,
            file,
            new Option<bool>("--no-check") { Description = "Do not compare the file's outputs with another runtime's" },
        };
        options.AddTo(command);
        return command.Does((parsed, screen, cancellationToken) => Task.FromResult(Run(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(to), parsed.GetRequiredValue(file), options.Read(parsed), screen,
            cancellationToken)));
    }

    private static ExitCode Run(
        string path, string[] formats, string output, ModelReadOptions options, Screen screen,
        CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(output));
        if (!Directory.Exists(folder))
        {
            throw new CommandException(ExitCode.Failed, $"--out: there is no folder {folder}; make it first");
        }

        var files = formats.ToDictionary(format => format, format => formats.Length == 1 ? output : $"{Stem(output)}.{format}");
        if (files.Values.Any(file => Path.GetFullPath(file) == Path.GetFullPath(path)))
        {
            throw new CommandException(ExitCode.Failed, "--out names the model itself; give another file");
        }

        var model = ModelFiles.Read(path, options, cancellationToken);
        var reports = Formats.Where(format => files.ContainsKey(format.Key)).ToDictionary(
            format => format.Key, format => format.Value(model, files[format.Key], cancellationToken));
        screen.Warn(model.Warnings);
        if (screen.IsJson)
        {
            screen.Json(new
            {
                model = ModelFiles.Describe(model),
                files = formats.Select(format =>
                    new { file = files[format], format, reports[format].Bytes, reports[format].Operators, reports[format].Passes }),
            });
            return ExitCode.Done;
        }

        foreach (var format in formats)
        {
            var report = reports[format];
            screen.Line($"{files[format]}: {report.Operators} operators, {Figures.Bytes(report.Bytes)}, weights {model.Weights}");
        }

        return ExitCode.Done;
    }

    /// <summary>Whoever names one of the files means both.</summary>
    private static string Stem(string output) =>
        Formats.ContainsKey(Path.GetExtension(output).TrimStart('.')) ? Path.ChangeExtension(output, null) : output;

    private static string[]? ParseFormats(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        var formats = text.Split(',');
        if (Array.TrueForAll(formats, Formats.ContainsKey) && formats.Distinct().Count() == formats.Length)
        {
            return formats;
        }

        result.AddError($"--to {text}: the formats are onnx, tflite, and both as onnx,tflite");
        return null;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeBench.Cli.Runtimes;
using EdgeBench.Cli.Terminal;
using EdgeBench.Cluster.Checking;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Tasks;
using EdgeBench.Models;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Cli.Conversion;

/// <summary><c>edgebench convert</c>: writes a model in the formats of runtimes, and sees that it computes what it should.</summary>
internal static class ConvertCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "A Keras model (.h5, .keras, .json), or an .onnx or .tflite file",
        }.ForFiles();
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
        var explain = new Option<bool>("--explain") { Description = "List what each pass over the graph folded, fused or removed" };
        var skipped = new Option<string[]>("--no-pass")
        {
            HelpName = "NAME",
            Description = "Leave a pass over the graph out; may be repeated: " + string.Join(", ", Model.OptionalPasses),
            Arity = ArgumentArity.OneOrMore,
        };
        skipped.AcceptOnlyFromAmong([.. Model.OptionalPasses]);
        var options = new ModelOptions();
        var check = new CheckOptions();
        var precision = new PrecisionOptions();

        var command = new Command("convert", "Convert a model; needs no cluster") { model, to, file, explain, skipped };
        precision.AddTo(command);
        check.AddTo(command);
        options.AddTo(command);
        return command.Does((parsed, screen, cancellationToken) =>
        {
            var data = parsed.GetValue(check.Folder) is { } folder ? CheckData.Read(folder) : null;
            return RunAsync(
                parsed.GetRequiredValue(model), parsed.GetRequiredValue(to), parsed.GetRequiredValue(file),
                options.Read(parsed) with { SkippedPasses = parsed.GetValue(skipped) ?? [] },
                (read, formats, folder) => precision.ReadAsync(parsed, read, formats, folder, cancellationToken),
                data, isChecked: !parsed.GetValue(check.None), isExplained: parsed.GetValue(explain), screen, cancellationToken);
        });
    }

    private static async Task<ExitCode> RunAsync(
        string path, string[] formats, string output, ModelReadOptions options,
        Func<Model, string[], string, Task<ModelWriteOptions>> precision, CheckData? data, bool isChecked, bool isExplained,
        Screen screen, CancellationToken cancellationToken)
    {
        var files = FilesOf(output, formats);
        if (files.Values.Any(file => Path.GetFullPath(file) == Path.GetFullPath(path)))
        {
            throw new CommandException(ExitCode.Failed, "--out names the model itself; give another file");
        }

        // Beside their place, from where a rename brings them there once they have been checked.
        var folder = Path.GetDirectoryName(Path.GetFullPath(output))!;
        var work = Path.Combine(folder, $".edgebench-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(work);
            var model = ModelFiles.Read(path, options, cancellationToken);
            var writeOptions = await precision(model, formats, work).ConfigureAwait(false);
            var written = WrittenModel.Write(model, formats, writeOptions, work, withCounterpart: isChecked, cancellationToken);
            var check = isChecked
                ? await new NumericGate(RuntimeImages.Catalog).CheckAsync(written, data, cancellationToken).ConfigureAwait(false)
                : ModelCheck.Skipped;
            var unfit = formats.Contains("tflite") ? TfliteCompatibility.Tflite.ProblemOf(TfliteModel.Read(written.Files["tflite"])) : null;
            foreach (var (format, file) in files)
            {
                File.Move(written.Files[format], file, overwrite: true);
            }

            Print(model, files, written, check, unfit, isExplained, screen);
            return ExitCode.Done;
        }
        catch (Exception problem) when (
            problem is IOException or UnauthorizedAccessException && problem.Message.Contains(work, StringComparison.Ordinal))
        {
            var why = problem is IOException ? problem.Message.Split(" : ")[0] : "permission denied";
            throw new CommandException(ExitCode.Failed, $"--out: {folder} cannot be written to ({why}); give a file elsewhere", problem);
        }
        finally
        {
            if (Directory.Exists(work))
            {
                Directory.Delete(work, recursive: true);
            }
        }
    }

    /// <summary>The files to write, by format.</summary>
    private static Dictionary<string, string> FilesOf(string output, string[] formats)
    {
        if (Path.GetFileName(output).Length == 0 || Directory.Exists(output))
        {
            throw new CommandException(ExitCode.Failed, $"--out: '{output}' is no file; give the file to write, as model.{formats[0]}");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(output))!;
        if (!Directory.Exists(folder))
        {
            throw new CommandException(ExitCode.Failed, $"--out: there is no folder {folder}; make it first");
        }

        if (formats.Length > 1)
        {
            return formats.ToDictionary(format => format, format => $"{Stem(output)}.{format}");
        }

        return WrittenModel.Formats.FirstOrDefault(format => Path.GetExtension(output) == $".{format}") is { } named && named != formats[0]
            ? throw new CommandException(
                ExitCode.Usage, $"--out {output}: {formats[0]} is what would be written; add --to {named}, or give a file of another name")
            : new Dictionary<string, string> { [formats[0]] = output };
    }

    private static void Print(
        Model model, Dictionary<string, string> files, WrittenModel written, ModelCheck check, string? unfit, bool isExplained, Screen screen)
    {
        screen.Warn(unfit is null ? model.Warnings : model.Warnings.Append($"the TFLite file does not run in every runtime: {unfit}"));
        if (screen.IsJson)
        {
            screen.Json(new
            {
                model = ModelFiles.Describe(model),
                files = files.Select(file => new
                {
                    file = file.Value,
                    format = file.Key,
                    written.Reports[file.Key].Bytes,
                    written.Reports[file.Key].Operators,
                    written.Reports[file.Key].Passes,
                }),
                check,
                unfit,
            });
            return;
        }

        foreach (var (format, file) in files)
        {
            var report = written.Reports[format];
            screen.Line($"{file}: {report.Operators} operators, {Figures.Bytes(report.Bytes)}, weights {model.Weights}");
            if (isExplained)
            {
                Explain(report, screen);
            }
        }

        screen.Line(CheckText.Of(check));
    }

    private static void Explain(ConversionReport report, Screen screen)
    {
        foreach (var pass in report.Passes)
        {
            screen.Line($"  {pass.Pass}: {(pass.Changes.Count == 0 ? "nothing" : Figures.Counted(pass.Changes.Count, "change"))}");
            foreach (var change in pass.Changes)
            {
                screen.Line($"    {change}");
            }
        }
    }

    /// <summary>Whoever names one of the files means both.</summary>
    private static string Stem(string output) =>
        WrittenModel.Formats.Contains(Path.GetExtension(output).TrimStart('.')) ? Path.ChangeExtension(output, null) : output;

    private static string[]? ParseFormats(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        var formats = text.Split(',');
        if (Array.TrueForAll(formats, WrittenModel.Formats.Contains) && formats.Distinct().Count() == formats.Length)
        {
            return formats;
        }

        result.AddError($"--to {text}: the formats are onnx, tflite, and both as onnx,tflite");
        return null;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeBench.Cli.Runtimes;
using EdgeBench.Cluster.Calibration;
using EdgeBench.Models;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Cli.Conversion;

/// <summary>Options that say what the numbers of a converted model are to be.</summary>
internal sealed class PrecisionOptions
{
    private readonly Option<ModelPrecision> _precision = new("--precision")
    {
        HelpName = "NAME",
        Description = $"Precision of the converted model: {string.Join(", ", ModelPrecisions.Names)}",
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = Parse,
        DefaultValueFactory = _ => ModelPrecision.Float32,
    };

    private readonly CalibrationOptions _calibration = new();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_precision);
        _calibration.AddTo(command);
        command.Validators.Add(result =>
        {
            // By its word, as there is no value where that is none.
            var name = result.GetResult(_precision)?.Tokens is [.., var last] ? last.Value : "";
            if (ModelPrecisions.Of(name) != ModelPrecision.Int8 && _calibration.Given(result) is { } given)
            {
                result.AddError($"{given} is for --precision int8");
            }
        });
    }

    /// <summary>What they say, once ranges are measured or read.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="formats">The formats it is to be written in.</param>
    /// <param name="folder">A folder for temporary files.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CalibrationException">The samples cannot be used.</exception>
    /// <exception cref="RangesException">The file of ranges cannot be used.</exception>
    public async Task<ModelWriteOptions> ReadAsync(
        ParseResult parsed, Model model, IReadOnlyList<string> formats, string folder, CancellationToken cancellationToken)
    {
        var options = new ModelWriteOptions { Precision = parsed.GetValue(_precision) };
        var file = parsed.GetValue(_calibration.Ranges);
        if (_calibration.Sources(parsed) is { Count: > 0 } samples)
        {
            var ranges = await new RangeCalibration(RuntimeImages.Catalog).MeasureAsync(
                model, formats, samples, folder, cancellationToken).ConfigureAwait(false);
            if (file is not null)
            {
                ranges.Write(file);
            }

            return options with { Ranges = ranges };
        }

        if (file is not null && !File.Exists(file))
        {
            throw new CommandException(ExitCode.Failed, $"--ranges: there is no file {file}; measure them with --calibration");
        }

        return file is null ? options : options with { Ranges = TensorRanges.Read(file) };
    }

    private static ModelPrecision Parse(ArgumentResult result)
    {
        var name = result.Tokens.Single().Value;
        if (ModelPrecisions.Of(name) is { } precision)
        {
            return precision;
        }

        result.AddError($"--precision: no precision is called '{name}'; there are: {string.Join(", ", ModelPrecisions.Names)}");
        return ModelPrecision.Float32;
    }
}

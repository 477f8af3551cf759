using System.Text;
using System.Text.Json;
using EdgeBench.Cluster.Artifacts;
using EdgeBench.Cluster.Calibration;
using EdgeBench.Cluster.Checking;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;
using EdgeBench.Models;
using EdgeBench.Models.Quantization;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Cluster.Conversion;

/// <summary>
/// Converts models of the artifact store into it, sees that they compute what they should, and remembers what it made.
/// </summary>
/// <param name="store">The artifact store.</param>
/// <param name="gate">What compares a model's files.</param>
/// <param name="calibration">What measures the ranges that int8 needs.</param>
/// <param name="folder">Where to remember what was made, and where to work.</param>
/// <param name="converterVersion">The version of the converter.</param>
/// <param name="time">The server's clock.</param>
internal sealed class ModelConversion(
    ArtifactStore store, NumericGate gate, RangeCalibration calibration, string folder, string converterVersion, TimeProvider time)
    : IModelConversion
{
    // A model that is wanted in two formats is checked once: the second conversion waits for the first, which remembers what it found.
    private readonly Lock[] _turns = [.. Enumerable.Range(0, 16).Select(_ => new Lock())];

    /// <inheritdoc />
    public ConversionOutcome Convert(ModelSource source, string format, string precision, CancellationToken cancellationToken)
    {
        if (!WrittenModel.Formats.Contains(format))
        {
            return ConversionOutcome.Refused($"{source.FileName}: a model cannot be given as {format}");
        }

        lock (_turns[source.File.Sha256.GetHashCode() & (_turns.Length - 1)])
        {
            // With another image of a runtime the outcome may be another one.
            var key = $"{ConversionKey.Of(source, format, converterVersion, precision)} {gate.Identity}";
            var memory = Path.Combine(folder, $"{Sha256.Of(Encoding.UTF8.GetBytes(key)).Hex}.json");
            return Remembered<ConvertedModel>(memory) is { } known && store.Find(known.File.Sha256) is not null
                ? new ConversionOutcome(known, null)
                : ConvertAnew(source, format, precision, memory, cancellationToken);
        }
    }

    private ConversionOutcome ConvertAnew(
        ModelSource source, string format, string precision, string memory, CancellationToken cancellationToken)
    {
        var work = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        try
        {
            var converted = Convert(source, format, precision, work, cancellationToken);
            Remember(memory, converted, work);
            return new ConversionOutcome(converted, null);
        }
        catch (ModelNotAcceptedException refusal)
        {
            return ConversionOutcome.Refused(refusal.Message);
        }
        catch (CheckFailedException failure)
        {
            return ConversionOutcome.Wrong($"{source.FileName}: {failure.Message}; --no-check measures it all the same");
        }
        catch (Exception problem) when (problem is CalibrationException or RangesException)
        {
            return ConversionOutcome.Refused($"{source.FileName}: {problem.Message}");
        }
        catch (CheckDataException problem)
        {
            return ConversionOutcome.Wrong($"{source.FileName}: {problem.Message}");
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private ConvertedModel Convert(
        ModelSource source, string format, string precision, string work, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var options = new ModelReadOptions
        {
            WeightsFile = source.Weights is { } weights
                ? Named(weights.Sha256, Path.Combine(work, "weights"), source.WeightsFileName ?? "weights.h5")
                : null,
            SyntheticSeed = source.SyntheticSeed,
            InputShapes = source.InputShapes,
        };
        var model = Model.Read(Named(source.File.Sha256, Path.Combine(work, "model"), source.FileName), options, cancellationToken);
        var files = WrittenModel.Write(
            model, [format], WriteOptions(source, model, format, precision, work, cancellationToken), work,
            withCounterpart: !source.NoCheck, cancellationToken);
        var elapsed = time.GetElapsedTime(begin);
        return new ConvertedModel
        {
            Check = source.NoCheck ? ModelCheck.Skipped : Check(source, files, work, cancellationToken),
            Unfit = Unfit(files.Files[format], format),
            File = store.Import(files.Files[format]),
            Format = format,
            Precision = precision == Precision.Single ? null : precision,
            Source = model.KerasVersion is { } version ? $"Keras {version}, {Word(model.Format)}" : Word(model.Format),
            Weights = model.Weights.Text,
            Parameters = model.Parameters,
            Flops = model.Flops,
            Macs = model.Macs,
            FastConvolutionShare = model.Macs > 0 ? (double?)model.FastConvolutionMacs / model.Macs : null,
            Warnings = model.Warnings,
            Nanoseconds = (long)elapsed.TotalNanoseconds,
        };
    }

    private ModelWriteOptions WriteOptions(
        ModelSource source, Model model, string format, string precision, string work, CancellationToken cancellationToken)
    {
        var options = new ModelWriteOptions { Precision = ModelPrecisions.Of(precision)!.Value };
        if (precision != Precision.Integer)
        {
            return options;
        }

        if (source.Calibration.Count == 0)
        {
            return source.Ranges is { } ranges
                ? options with { Ranges = TensorRanges.Read(Named(ranges.Sha256, Path.Combine(work, "ranges"), "ranges.json")) }
                : options;
        }

        var sources = source.Calibration.Select((samples, number) => new CalibrationSource(
            samples.Input, Named(samples.File.Sha256, Path.Combine(work, "calibration"), $"{number:D6}"))).ToList();
        return options with
        {
            Ranges = calibration.MeasureAsync(model, [format], sources, work, cancellationToken).GetAwaiter().GetResult(),
        };
    }

    /// <summary>What the gate finds, or found when the same files were compared before.</summary>
    private ModelCheck Check(ModelSource source, WrittenModel files, string work, CancellationToken cancellationToken)
    {
        var key = new StringBuilder(gate.Identity);
        foreach (var (format, file) in files.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            key.Append(' ').Append(format).Append(' ').Append(Sha256.OfFile(file));
        }

        if (files.Reference is { } reference)
        {
            key.Append(" reference ").Append(Sha256.OfFile(reference));
        }

        foreach (var check in source.Check)
        {
            key.Append(' ').Append(check.Name).Append(' ').Append(check.File.Sha256);
        }

        var memory = Path.Combine(folder, $"check-{Sha256.Of(Encoding.UTF8.GetBytes(key.ToString())).Hex}.json");
        if (Remembered<ModelCheck>(memory) is { } known)
        {
            return known;
        }

        var data = Path.Combine(work, "check");
        foreach (var check in source.Check)
        {
            Named(check.File.Sha256, data, check.Name);
        }

        var given = source.Check.Count == 0 ? null : CheckData.Read(data);
        var found = gate.CheckAsync(files, given, cancellationToken).GetAwaiter().GetResult();
        Remember(memory, found, work);
        return found;
    }

    private static IReadOnlyList<UnfitRuntime> Unfit(string file, string format)
    {
        if (format != "tflite")
        {
            return [];
        }

        var model = TfliteModel.Read(file);
        return [.. from library in TfliteCompatibility.All
                   let problem = library.ProblemOf(model)
                   where problem is not null
                   select new UnfitRuntime(library.Runtime, library.Version, problem)];
    }

    /// <summary>The artifact under the name that the user gave it, since messages and some formats go by names.</summary>
    private string Named(Sha256 artifact, string parent, string name)
    {
        var path = store.Find(artifact) ?? throw new IOException($"the artifact {artifact} is no longer in the store");
        var link = Path.Combine(Directory.CreateDirectory(parent).FullName, SafeName(name));
        File.CreateSymbolicLink(link, Path.GetFullPath(path));
        return link;
    }

    private static string SafeName(string name)
    {
        var last = string.Concat(name[(name.LastIndexOf('/') + 1)..].Where(character => !char.IsControl(character)));
        return last is "" or "." or ".." ? "model" : last[^Math.Min(last.Length, 80)..];
    }

    private static T? Remembered<T>(string memory) where T : class
    {
        if (!File.Exists(memory))
        {
            return null;
        }

        using var file = File.OpenRead(memory);
        return JsonSerializer.Deserialize<T>(file, MessagesJson.Options);
    }

    private static void Remember<T>(string memory, T what, string work)
    {
        var temporary = Path.Combine(work, Path.GetRandomFileName());
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(what, MessagesJson.Options));
        File.Move(temporary, memory, overwrite: true);
    }

    private static string Word(ModelFormat format) => format switch
    {
        ModelFormat.KerasHdf5 => "HDF5",
        ModelFormat.KerasArchive => ".keras",
        ModelFormat.KerasJson => "architecture JSON",
        ModelFormat.Onnx => "ONNX",
        ModelFormat.Tflite => "TFLite",
        _ => format.ToString(),
    };
}

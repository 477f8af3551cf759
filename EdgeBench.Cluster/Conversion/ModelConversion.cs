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

namespace EdgeBench.Cluster.Conversion;

/// <summary>
/// Converts models of the artifact store into it, sees that they compute what they should, and remembers what it made.
/// </summary>
/// <param name="store">The artifact store.</param>
/// <param name="process">What converts one model.</param>
/// <param name="gate">What compares a model's files.</param>
/// <param name="runtimes">The runtime images, whose programs measure the ranges that int8 needs.</param>
/// <param name="folder">Where to remember what was made, and where to work.</param>
/// <param name="converterVersion">The version of the converter.</param>
/// <param name="time">The server's clock.</param>
internal sealed class ModelConversion(
    ArtifactStore store, ConversionProcess process, NumericGate gate, RuntimeCatalog runtimes, string folder, string converterVersion,
    TimeProvider time)
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
        catch (ConversionRefusedException refusal)
        {
            return ConversionOutcome.Refused(refusal.Message);
        }
        catch (CheckFailedException failure)
        {
            return ConversionOutcome.Wrong($"{source.FileName}: {failure.Message}; --no-check measures it all the same");
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
        var request = new ConversionRequest
        {
            Model = Named(source.File.Sha256, Path.Combine(work, "model"), source.FileName),
            Options = new ModelReadOptions
            {
                WeightsFile = source.Weights is { } weights
                    ? Named(weights.Sha256, Path.Combine(work, "weights"), source.WeightsFileName ?? "weights.h5")
                    : null,
                SyntheticSeed = source.SyntheticSeed,
                InputShapes = source.InputShapes,
            },
            Format = format,
            WithCounterpart = !source.NoCheck,
            Precision = precision,
            Ranges = precision == Precision.Integer && source.Ranges is { } ranges
                ? Named(ranges.Sha256, Path.Combine(work, "ranges"), "ranges.json")
                : null,
            Calibration = precision == Precision.Integer
                ? [.. source.Calibration.Select((samples, number) => new CalibrationSource(
                    samples.Input,
                    Named(samples.File.Sha256, Path.Combine(work, "calibration", $"{number:D6}"), samples.Name ?? "samples")))]
                : [],
            Runtimes = runtimes.Folder,
        };
        var made = process.Run(request, work, cancellationToken);
        var elapsed = time.GetElapsedTime(begin);
        return new ConvertedModel
        {
            Check = source.NoCheck ? ModelCheck.Skipped : Check(source, made, precision, work, cancellationToken),
            Unfit = made.Unfit,
            File = store.Import(made.Files[format]),
            Format = format,
            Precision = precision == Precision.Single ? null : precision,
            Source = made.Source,
            Weights = made.Weights,
            Parameters = made.Parameters,
            Flops = made.Flops,
            Macs = made.Macs,
            FastConvolutionShare = made.FastConvolutionShare,
            Warnings = made.Warnings,
            Nanoseconds = (long)elapsed.TotalNanoseconds,
        };
    }

    /// <summary>What the gate finds, or found when the same files were compared before.</summary>
    private ModelCheck Check(
        ModelSource source, ConvertedFiles made, string precision, string work, CancellationToken cancellationToken)
    {
        var key = new StringBuilder(gate.Identity);
        foreach (var (format, file) in made.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            key.Append(' ').Append(format).Append(' ').Append(Sha256.OfFile(file));
        }

        if (made.Reference is { } reference)
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
        var written = new WrittenModel(
            made.Files, new Dictionary<string, ConversionReport>(), made.Missing, made.Inputs,
            ModelPrecisions.Of(precision)!.Value, made.Reference);
        var found = gate.CheckAsync(written, given, cancellationToken).GetAwaiter().GetResult();
        Remember(memory, found, work);
        return found;
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
}

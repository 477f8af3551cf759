using System.Text.Json;
using EdgeBench.Cluster.Artifacts;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;
using EdgeBench.Models;

namespace EdgeBench.Cluster.Conversion;

/// <summary>Converts models of the artifact store into it, and remembers what it made.</summary>
/// <param name="store">The artifact store.</param>
/// <param name="folder">Where to remember what was made, and where to work.</param>
/// <param name="converterVersion">The version of the converter.</param>
/// <param name="time">The server's clock.</param>
internal sealed class ModelConversion(ArtifactStore store, string folder, string converterVersion, TimeProvider time) : IModelConversion
{
    /// <inheritdoc />
    public ConversionOutcome Convert(ModelSource source, string format, CancellationToken cancellationToken)
    {
        if (format != "onnx")
        {
            return ConversionOutcome.Refused($"{source.FileName}: a model cannot be given as {format} yet");
        }

        var memory = Path.Combine(folder, $"{ConversionKey.Of(source, format, converterVersion).Hex}.json");
        if (Remembered(memory) is { } known && store.Find(known.File.Sha256) is not null)
        {
            return new ConversionOutcome(known, null);
        }

        var work = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        try
        {
            var converted = Convert(source, format, work, cancellationToken);
            var temporary = Path.Combine(work, "outcome.json");
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(converted, MessagesJson.Options));
            File.Move(temporary, memory, overwrite: true);
            return new ConversionOutcome(converted, null);
        }
        catch (ModelNotAcceptedException refusal)
        {
            return ConversionOutcome.Refused(refusal.Message);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private ConvertedModel Convert(ModelSource source, string format, string work, CancellationToken cancellationToken)
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
        var file = Path.Combine(work, $"converted.{format}");
        model.WriteOnnx(file, cancellationToken);
        return new ConvertedModel
        {
            File = store.Import(file),
            Format = format,
            Source = model.KerasVersion is { } version ? $"Keras {version}, {Word(model.Format)}" : Word(model.Format),
            Weights = model.Weights.Text,
            Parameters = model.Parameters,
            Flops = model.Flops,
            Macs = model.Macs,
            FastConvolutionShare = model.Macs > 0 ? (double?)model.FastConvolutionMacs / model.Macs : null,
            Warnings = model.Warnings,
            Nanoseconds = (long)time.GetElapsedTime(begin).TotalNanoseconds,
        };
    }

    /// <summary>The artifact under the name that the user gave it, since messages and some formats go by names.</summary>
    private string Named(Messages.Artifacts.Sha256 artifact, string parent, string name)
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

    private static ConvertedModel? Remembered(string memory)
    {
        if (!File.Exists(memory))
        {
            return null;
        }

        using var file = File.OpenRead(memory);
        return JsonSerializer.Deserialize<ConvertedModel>(file, MessagesJson.Options);
    }

    private static string Word(ModelFormat format) => format switch
    {
        ModelFormat.KerasHdf5 => "HDF5",
        ModelFormat.KerasArchive => ".keras",
        ModelFormat.KerasJson => "architecture JSON",
        ModelFormat.Onnx => "ONNX",
        _ => format.ToString(),
    };
}

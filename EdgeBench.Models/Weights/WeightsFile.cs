using System.Text.Json;
using EdgeBench.Models.Containers;
using EdgeBench.Models.Keras;
using PureHDF;

namespace EdgeBench.Models.Weights;

/// <summary>Stored weights before it is known which layers they belong to: an architecture may have to be completed from them.</summary>
internal sealed class WeightsFile : IDisposable
{
    private const string ArchiveMember = "model.weights.h5";

    private const int MaximumShards = 10_000;

    private readonly IReadOnlyList<Hdf5Content> _contents;
    private readonly IH5Group? _legacy;

    private WeightsFile(IReadOnlyList<Hdf5Content> contents, IH5Group? legacy) => (_contents, _legacy) = (contents, legacy);

    /// <summary>Opens a file: the old layout of <c>save_weights</c>, <c>.weights.h5</c>, the list of a <c>.weights.json</c>, or a whole model,
    /// of which the architecture is not looked at.</summary>
    /// <exception cref="ModelFileException">It is none of these.</exception>
    public static WeightsFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            var head = new byte[64];
            var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            stream.Position = 0;
            return head.AsSpan(0, length) switch
            {
                var bytes when bytes.StartsWith(KerasArchive.Signature) => OfArchive(stream),
                var bytes when bytes.StartsWith("version https://git-lfs"u8) => throw new ModelFileException(ModelReader.GitLfsHelp),
                var bytes when bytes.TrimStart(" \t\r\n"u8).StartsWith("{"u8) => OfShards(path, stream),
                _ => OfHdf5(Hdf5Content.Open(stream)),
            };
        }
        catch (ModelFileException e)
        {
            stream.Dispose();
            throw new ModelFileException($"the weights file {Path.GetFileName(path)}: {e.Message}", e);
        }
    }

    /// <summary>The weights in an HDF5 file of either layout, alone or in a whole model.</summary>
    /// <param name="content">The file; disposed with this.</param>
    public static WeightsFile OfHdf5(Hdf5Content content)
    {
        var group = Hdf5Content.Group(content.Root, "model_weights") ?? content.Root;
        return new WeightsFile([content], Hdf5Content.Names(group, "layer_names") is null ? null : group);
    }

    /// <summary>The weights in a <c>.keras</c> archive.</summary>
    /// <exception cref="ModelFileException">It holds none.</exception>
    public static WeightsFile OfArchive(KerasArchive archive) => OfHdf5(archive.Hdf5(ArchiveMember) ?? throw new ModelFileException(
        $"holds no {ArchiveMember}; other forms of weights are not read, so save again with model.save(\"model.keras\")"));

    /// <summary>The backend that the weights were trained under, where the file shows it.</summary>
    /// <param name="isKeras1">Whether Keras 1 wrote them, which does not say it: only TensorFlow numbered a variable's outputs.</param>
    public string? Backend(bool isKeras1)
    {
        if (_legacy is null)
        {
            return null;
        }

        return isKeras1
            ? LegacyLayout.All(_legacy).All(array => !array.Name.Contains(':', StringComparison.Ordinal)) ? "theano" : "tensorflow"
            : Hdf5Content.Text(_contents[0].Root, "backend") ?? Hdf5Content.Text(_legacy, "backend");
    }

    /// <summary>Shape of a layer's array in the old layout.</summary>
    /// <param name="layer">Name of the layer.</param>
    /// <param name="variable">Name of the variable in Keras 1.</param>
    public IReadOnlyList<long>? StoredShape(string layer, string variable) => _legacy is null
        ? null
        : LegacyLayout.All(_legacy).FirstOrDefault(array => array.VariableName == $"{layer}_{variable}") is { } array
            ? Hdf5Content.Shape(array.Dataset)
            : null;

    /// <summary>The weights by the layers of a model, as long as the file is open.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isKeras1">Whether Keras 1 wrote the architecture.</param>
    public IWeightSource Of(KerasModel model, bool isKeras1) => _legacy is null
        ? new ArchiveWeights(_contents, model)
        : isKeras1
            ? new Keras1Weights(_contents[0], new LegacyLayout(_legacy, model))
            : new LegacyWeights(_contents[0], new LegacyLayout(_legacy, model));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var content in _contents)
        {
            content.Dispose();
        }
    }

    private static WeightsFile OfArchive(Stream stream)
    {
        using var archive = KerasArchive.Open(stream);
        return OfArchive(archive);
    }

    /// <summary>A list of the files beside it, over which the weights are spread.</summary>
    private static WeightsFile OfShards(string path, Stream stream)
    {
        using var owned = stream;
        if (stream.Length > KerasJson.MaximumBytes)
        {
            throw new ModelFileException($"is longer than {KerasJson.MaximumBytes >> 20} MB, which no list of files needs");
        }

        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        var files = new LayerConfig(KerasJson.Parse(text, "it")).Find("weight_map") is { ValueKind: JsonValueKind.Object } map
            ? map.EnumerateObject().SelectMany(entry => Texts(entry.Value)).Distinct(StringComparer.Ordinal).ToList()
            : throw new ModelFileException("is JSON without a weight_map, so no list of weights files; give what save_weights wrote");
        if (files.Count > MaximumShards)
        {
            throw new ModelFileException($"lists more than {MaximumShards} files, which is not taken");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var contents = new List<Hdf5Content>();
        try
        {
            foreach (var file in files)
            {
                var beside = file == Path.GetFileName(file) ? Path.Combine(folder, file) : null;
                contents.Add(beside is not null && File.Exists(beside)
                    ? Hdf5Content.Open(new FileStream(beside, FileMode.Open, FileAccess.Read, FileShare.Read))
                    : throw new ModelFileException($"lists '{file}', which does not lie beside it; copy all of its files into one folder"));
            }

            return new WeightsFile(contents, null);
        }
        catch
        {
            contents.ForEach(content => content.Dispose());
            throw;
        }
    }

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        _ => [],
    };
}

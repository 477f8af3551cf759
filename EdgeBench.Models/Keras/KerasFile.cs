using System.Text;
using System.Text.Json;
using EdgeBench.Models.Containers;
using EdgeBench.Models.Weights;

namespace EdgeBench.Models.Keras;

/// <summary>Reads the containers that Keras writes.</summary>
internal static class KerasFile
{
    private const string WeightsAlone =
        "holds weights without an architecture; save the whole model with model.save(\"model.keras\"), or give the architecture's "
        + ".json with --weights and this file";

    /// <summary>A <c>.h5</c> with everything in it.</summary>
    public static Model ReadHdf5(string path, Stream stream, ModelReadOptions options, CancellationToken cancellationToken)
    {
        RefuseWeightsOption(options);
        using var content = Hdf5Content.Open(stream);
        var root = content.Root;
        if (Hdf5Content.Text(root, "model_config") is not { } config)
        {
            throw new ModelFileException(IsWeights(root)
                ? WeightsAlone
                : "is an HDF5 file, but no Keras model; in Python type model.save(\"model.keras\") and give that file");
        }

        var weights = Hdf5Content.Group(root, "model_weights")
            ?? throw new ModelFileException("holds an architecture without weights; save the whole model with model.save(\"model.keras\")");
        var architecture = KerasJson.Parse(Encoding.UTF8.GetBytes(config), "its attribute model_config");
        var writer = new KerasWriter(Hdf5Content.Text(root, "keras_version"), Hdf5Content.Text(root, "backend"), architecture);
        var model = KerasModelReader.Read(architecture);
        return KerasModelBuilder.Build(
            path, ModelFormat.KerasHdf5, writer, model, new LegacyWeights(content, weights, model), WeightsOrigin.Stored, options,
            cancellationToken);
    }

    /// <summary>A <c>.keras</c> archive.</summary>
    public static Model ReadArchive(
        string path, Stream stream, ModelReadOptions options, string torchHelp, CancellationToken cancellationToken)
    {
        using var archive = KerasArchive.Open(stream);
        if (archive.Json("config.json") is not { } architecture)
        {
            throw new ModelFileException(archive.Names.Any(name => name.EndsWith("data.pkl", StringComparison.Ordinal))
                ? torchHelp
                : "is a zip without config.json, so no Keras model; in Python type model.save(\"model.keras\") and give that file");
        }

        RefuseWeightsOption(options);
        var version = archive.Json("metadata.json") is { ValueKind: JsonValueKind.Object } metadata
            ? new LayerConfig(metadata).Text("keras_version")
            : null;
        var model = KerasModelReader.Read(architecture);
        using var content = archive.Hdf5("model.weights.h5") ?? throw new ModelFileException(
            "holds no model.weights.h5; other forms of weights are not read, so save again with model.save(\"model.keras\")");
        return KerasModelBuilder.Build(
            path, ModelFormat.KerasArchive, new KerasWriter(version, null, architecture), model, new ArchiveWeights(content, model),
            WeightsOrigin.Stored, options, cancellationToken);
    }

    /// <summary>An architecture, with weights from a file of their own or made up.</summary>
    public static Model ReadJson(string path, Stream stream, ModelReadOptions options, CancellationToken cancellationToken)
    {
        if (stream.Length > KerasJson.MaximumBytes)
        {
            throw new ModelFileException($"is longer than {KerasJson.MaximumBytes >> 20} MB, which no architecture needs");
        }

        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        var architecture = KerasJson.Parse(text, "the file");
        var model = KerasModelReader.Read(architecture);
        var config = new LayerConfig(architecture);
        var writer = new KerasWriter(config.Text("keras_version"), config.Text("backend"), architecture);
        if (options.WeightsFile is not { } file)
        {
            return KerasModelBuilder.Build(
                path, ModelFormat.KerasJson, writer, model, new SyntheticWeights(options.SyntheticSeed),
                WeightsOrigin.Synthetic(options.SyntheticSeed), options, cancellationToken);
        }

        using var weights = OpenWeights(file, model);
        return KerasModelBuilder.Build(
            path, ModelFormat.KerasJson, writer, model, weights, WeightsOrigin.Joined(file), options, cancellationToken);
    }

    /// <summary>Any file that Keras writes weights to: both layouts, alone or in a whole model.</summary>
    private static IWeightSource OpenWeights(string file, KerasModel model)
    {
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            var head = new byte[4];
            stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            stream.Position = 0;
            if (head.AsSpan().SequenceEqual(KerasArchive.Signature))
            {
                using var archive = KerasArchive.Open(stream);
                var member = archive.Hdf5("model.weights.h5") ?? throw new ModelFileException("holds no model.weights.h5");
                return new ArchiveWeights(member, model);
            }

            var content = Hdf5Content.Open(stream);
            var group = Hdf5Content.Group(content.Root, "model_weights") ?? content.Root;
            return Hdf5Content.Names(group, "layer_names") is not null
                ? new LegacyWeights(content, group, model)
                : new ArchiveWeights(content, model);
        }
        catch (ModelFileException e)
        {
            stream.Dispose();
            throw new ModelFileException($"the weights file {Path.GetFileName(file)}: {e.Message}", e);
        }
    }

    private static bool IsWeights(PureHDF.IH5Group root) =>
        Hdf5Content.Names(root, "layer_names") is not null || Hdf5Content.Group(root, "layers") is not null
        || Hdf5Content.Group(root, "_layer_checkpoint_dependencies") is not null;

    private static void RefuseWeightsOption(ModelReadOptions options)
    {
        if (options.WeightsFile is not null)
        {
            throw new ModelFileException("holds its own weights; leave --weights out, or give the architecture's .json");
        }
    }
}

using System.Text;
using System.Text.Json;
using EdgeBench.Models.Containers;
using EdgeBench.Models.Keras.Keras1;
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

        if (Hdf5Content.Group(root, "model_weights") is null)
        {
            throw new ModelFileException("holds an architecture without weights; save the whole model with model.save(\"model.keras\")");
        }

        var architecture = KerasJson.Parse(Encoding.UTF8.GetBytes(config), "its attribute model_config");
        var writer = new KerasWriter(Hdf5Content.Text(root, "keras_version"), architecture);
        return Read(
            path, ModelFormat.KerasHdf5, architecture, writer, backend: null, WeightsFile.OfHdf5(content), WeightsOrigin.Stored, options,
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

        // A model without a graph is refused for that, whatever its weights look like.
        KerasModelReader.Read(architecture);
        return Read(
            path, ModelFormat.KerasArchive, architecture, new KerasWriter(version, architecture), backend: null,
            WeightsFile.OfArchive(archive), WeightsOrigin.Stored, options, cancellationToken);
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
        var architecture = KerasModelReader.WithClass(KerasJson.Parse(text, "the file"));
        var config = new LayerConfig(architecture);
        var writer = new KerasWriter(config.Text("keras_version"), architecture);
        var origin = options.WeightsFile is { } file ? WeightsOrigin.Joined(file) : WeightsOrigin.Synthetic(options.SyntheticSeed);
        return Read(
            path, ModelFormat.KerasJson, architecture, writer, config.Text("backend"),
            options.WeightsFile is null ? null : WeightsFile.Open(options.WeightsFile), origin, options, cancellationToken);
    }

    /// <summary>What the containers have in common.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">What it is.</param>
    /// <param name="architecture">The architecture as stored.</param>
    /// <param name="writer">Which Keras wrote it.</param>
    /// <param name="backend">The backend that it names; that of the weights counts before it.</param>
    /// <param name="stored">The weights; null where they are to be made up.</param>
    /// <param name="origin">Where the weights come from.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    private static Model Read(
        string path,
        ModelFormat format,
        JsonElement architecture,
        KerasWriter writer,
        string? backend,
        WeightsFile? stored,
        WeightsOrigin origin,
        ModelReadOptions options,
        CancellationToken cancellationToken)
    {
        using var file = stored;
        var isTheano = (file?.Backend(writer.IsKeras1) ?? backend) == "theano";
        if (writer.IsKeras1)
        {
            // Keras 1.0 passed dilations to a Theano that did not know them yet, and that passed over them in silence.
            var hasDilations = !(isTheano && writer.Version?.StartsWith("1.0.", StringComparison.Ordinal) == true);
            architecture = Keras1Architecture.Translate(
                architecture, hasDilations, (layer, variable) => file?.StoredShape(layer, variable));
        }

        var model = KerasModelReader.Read(architecture);
        IWeightSource weights = file is null ? new SyntheticWeights(options.SyntheticSeed) : file.Of(model, writer.IsKeras1);
        weights = isTheano && file is not null ? new TheanoKernels(weights) : weights;

        return KerasModelBuilder.Build(
            path, format, isTheano ? writer.OnTheano() : writer, model, weights, origin, options, cancellationToken);
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

using System.Text.RegularExpressions;
using EdgeBench.Models.Containers;
using EdgeBench.Models.Keras;
using PureHDF;

namespace EdgeBench.Models.Weights;

/// <summary>
/// Weights as a <c>.keras</c> archive or a <c>.weights.h5</c> lays them out: <c>layers/&lt;class in snake
/// case&gt;[_n]/vars/&lt;index&gt;</c>, n counting per class in the order
/// of the model's layers. Newer files name the layer in an attribute, which then decides.
/// </summary>
internal sealed partial class ArchiveWeights : IWeightSource
{
    private const int MaximumDepth = 128;

    /// <summary>Groups may be linked into each other in a circle, which has no end.</summary>
    private const int MaximumMembers = 500_000;

    private static readonly string[] Containers = ["layers", "_layer_checkpoint_dependencies"];

    private readonly Dictionary<string, (Hdf5Content Content, IH5Dataset Dataset)> _datasets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _namedLayers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<KerasLayer, string> _paths = [];

    /// <summary>Finds the weights of a model.</summary>
    /// <param name="contents">The file, or the files over which the weights are spread.</param>
    /// <param name="model">The model.</param>
    public ArchiveWeights(IReadOnlyList<Hdf5Content> contents, KerasModel model)
    {
        foreach (var content in contents)
        {
            Index(content, content.Root, "", 0, new HashSet<string>(StringComparer.Ordinal));
        }

        Locate(model, "");
    }

    /// <inheritdoc/>
    public float[] Read(KerasLayer layer, LayerVariable variable) =>
        _paths.TryGetValue(layer, out var path) && Find(path, variable) is var (content, dataset) && dataset is not null
            ? StoredVariable.Read(content, dataset, layer, variable)
            : throw StoredVariable.Missing(layer, variable);

    /// <summary>An attribute that Keras 3 calls <c>query_dense</c> was <c>_query_dense</c> before.</summary>
    private (Hdf5Content Content, IH5Dataset Dataset) Find(string path, LayerVariable variable)
    {
        var part = variable.Part.Length == 0 ? "" : "/" + variable.Part;
        return _datasets.TryGetValue($"{path}{part}/vars/{variable.PartIndex}", out var found)
            ? found
            : _datasets.GetValueOrDefault($"{path}{part.Replace("/", "/_", StringComparison.Ordinal)}/vars/{variable.PartIndex}");
    }

    /// <summary>Keras on Windows once wrote <c>layers\conv2d</c> as one link name.</summary>
    private void Index(Hdf5Content content, IH5Group group, string path, int depth, HashSet<string> entered)
    {
        if (depth > MaximumDepth)
        {
            throw new ModelFileException($"its groups are nested more than {MaximumDepth} deep, which is not taken");
        }

        foreach (var child in Hdf5Content.Children(group))
        {
            if (_groups.Count + _datasets.Count > MaximumMembers)
            {
                throw new ModelFileException($"it has more than {MaximumMembers} groups and datasets, which is not taken");
            }

            var childPath = (path.Length == 0 ? "" : path + "/") + child.Name.Replace('\\', '/');
            if (child is IH5Dataset dataset)
            {
                _datasets[childPath] = (content, dataset);
            }
            else if (child is IH5Group inner && childPath != "optimizer" && entered.Add(childPath))
            {
                _groups.Add(childPath);
                for (var slash = childPath.LastIndexOf('/'); slash > 0; slash = childPath.LastIndexOf('/', slash - 1))
                {
                    _groups.Add(childPath[..slash]);
                }

                if (childPath.EndsWith("/vars", StringComparison.Ordinal) && Hdf5Content.Text(inner, "name") is { } name)
                {
                    var layer = childPath[..^"/vars".Length];
                    _namedLayers[$"{layer[..Math.Max(layer.LastIndexOf('/'), 0)]}\n{name}"] = layer;
                }

                Index(content, inner, childPath, depth + 1, entered);
            }
        }
    }

    private void Locate(KerasModel model, string prefix)
    {
        var container = Containers.Select(name => prefix + name).FirstOrDefault(_groups.Contains);
        if (container is null)
        {
            return;
        }

        // Keras 2.12 and 2.13 counted every layer twice: conv2d, conv2d_2, conv2d_4.
        var step = model.Layers.Where(layer => !layer.IsOperation).Select(layer => $"{container}/{ToSnakeCase(layer.ClassName)}")
            .Any(path => _groups.Contains(path + "_2") && !_groups.Contains(path + "_1")) ? 2 : 1;
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var layer in model.Layers.Where(layer => !layer.IsOperation))
        {
            var snake = ToSnakeCase(layer.ClassName);
            var count = counts.GetValueOrDefault(snake);
            counts[snake] = count + step;
            var path = _namedLayers.GetValueOrDefault($"{container}\n{layer.Name}")
                ?? $"{container}/{snake}{(count == 0 ? "" : $"_{count}")}";
            Locate(layer, path);
        }
    }

    private void Locate(KerasLayer layer, string path)
    {
        _paths[layer] = path;
        if (layer.Nested is { } nested)
        {
            Locate(nested, path + "/");
        }

        // Layers in a list are told apart like those of a model.
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var inner in layer.Wrapped)
        {
            var place = inner.Role == "cells" ? $"cells/{ToSnakeCase(inner.ClassName)}" : inner.Role;
            var count = counts.GetValueOrDefault(place);
            counts[place] = count + 1;
            Locate(inner, $"{path}/{place}{(count == 0 ? "" : $"_{count}")}");
        }
    }

    /// <summary>Class names as Keras turns them into paths: <c>DepthwiseConv2D</c> becomes <c>depthwise_conv2d</c>, <c>ReLU</c> becomes
    /// <c>re_lu</c>.</summary>
    internal static string ToSnakeCase(string className)
    {
        var name = NotWord().Replace(className, "");
        name = WordStart().Replace(name, "$1_$2");
        return CaseChange().Replace(name, "$1_$2").ToLowerInvariant();
    }

    [GeneratedRegex(@"\W+", RegexOptions.None, 1000)]
    private static partial Regex NotWord();

    [GeneratedRegex("(.)([A-Z][a-z]+)", RegexOptions.None, 1000)]
    private static partial Regex WordStart();

    [GeneratedRegex("([a-z])([A-Z])", RegexOptions.None, 1000)]
    private static partial Regex CaseChange();
}

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

    private readonly Hdf5Content _content;
    private readonly Dictionary<string, IH5Dataset> _datasets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _namedLayers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<KerasLayer, string> _paths = [];

    /// <summary>Finds the weights of a model.</summary>
    /// <param name="content">The file; disposed with this.</param>
    /// <param name="model">The model.</param>
    public ArchiveWeights(Hdf5Content content, KerasModel model)
    {
        _content = content;
        Index(content.Root, "", 0);
        Locate(model, "");
    }

    /// <inheritdoc/>
    public void Dispose() => _content.Dispose();

    /// <inheritdoc/>
    public float[] Read(KerasLayer layer, LayerVariable variable) =>
        _paths.TryGetValue(layer, out var path) && Find(path, variable) is { } dataset
            ? StoredVariable.Read(_content, dataset, layer, variable)
            : throw new ModelFileException(
                $"the weights '{variable.Name}' of layer '{layer.Path}' are not in the file; save the whole model with "
                + "model.save(\"model.keras\")");

    /// <summary>An attribute that Keras 3 calls <c>query_dense</c> was <c>_query_dense</c> before.</summary>
    private IH5Dataset? Find(string path, LayerVariable variable)
    {
        var part = variable.Part.Length == 0 ? "" : "/" + variable.Part;
        return _datasets.GetValueOrDefault($"{path}{part}/vars/{variable.PartIndex}")
            ?? _datasets.GetValueOrDefault($"{path}{part.Replace("/", "/_", StringComparison.Ordinal)}/vars/{variable.PartIndex}");
    }

    /// <summary>Keras on Windows once wrote <c>layers\conv2d</c> as one link name.</summary>
    private void Index(IH5Group group, string path, int depth)
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
                _datasets[childPath] = dataset;
            }
            else if (child is IH5Group inner && childPath != "optimizer" && _groups.Add(childPath))
            {
                for (var slash = childPath.LastIndexOf('/'); slash > 0; slash = childPath.LastIndexOf('/', slash - 1))
                {
                    _groups.Add(childPath[..slash]);
                }

                if (childPath.EndsWith("/vars", StringComparison.Ordinal) && Hdf5Content.Text(inner, "name") is { } name)
                {
                    var layer = childPath[..^"/vars".Length];
                    _namedLayers[$"{layer[..Math.Max(layer.LastIndexOf('/'), 0)]}\n{name}"] = layer;
                }

                Index(inner, childPath, depth + 1);
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
            _paths[layer] = path;
            if (layer.Nested is { } nested)
            {
                Locate(nested, path + "/");
            }
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

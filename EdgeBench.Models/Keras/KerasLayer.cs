using System.Collections.Frozen;
using System.Text.Json;

namespace EdgeBench.Models.Keras;

/// <summary>A layer as the file describes it.</summary>
internal sealed class KerasLayer
{
    /// <summary>Layers of Keras 3 that leave out of their configuration what all others have.</summary>
    private static readonly FrozenSet<string> WithoutTrainable = FrozenSet.Create(
        StringComparer.Ordinal, "Discretization", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D");

    /// <summary>Name, unique within its model.</summary>
    public required string Name { get; init; }

    /// <summary>Name with those of the enclosing models, without the outermost: what people and synthetic weights call it.</summary>
    public required string Path { get; init; }

    /// <summary>Class name as the file spells it.</summary>
    public required string ClassName { get; init; }

    /// <summary>Python module of the class, where the file says it.</summary>
    public string? Module { get; init; }

    /// <summary>Name under which the class was registered, where the file says it; <c>Package&gt;Name</c> for an author's own.</summary>
    public string? RegisteredName { get; init; }

    /// <summary>The layer's configuration.</summary>
    public required LayerConfig Config { get; init; }

    /// <summary>The configuration of the layer inside a wrapper such as Bidirectional; the layer's own where it wraps none.</summary>
    public LayerConfig InnerConfig => Inner is { } inner && inner.Find("config") is { } config ? new LayerConfig(config) : Config;

    /// <summary>Class of the layer inside a wrapper; null where there is none.</summary>
    public string? InnerClassName => Inner?.Text("class_name");

    /// <summary>Name of the layer inside a wrapper; null where there is none.</summary>
    public string? InnerName => Inner is null ? null : InnerConfig.Text("name");

    /// <summary>The model inside, where the layer is one.</summary>
    public KerasModel? Nested { get; init; }

    /// <summary>The layers inside, where the layer is a wrapper of others, such as Bidirectional.</summary>
    public IReadOnlyList<KerasLayer> Wrapped { get; init; } = [];

    /// <summary>Where the wrapper around the layer keeps it: the name of the attribute, such as <c>forward_layer</c>.</summary>
    public string Role { get; init; } = "";

    /// <summary>The calls of the layer, in the order of the file; none for one inside a wrapper.</summary>
    public required IReadOnlyList<LayerCall> Calls { get; init; }

    /// <summary>Whether it is an operation of Keras 3 between layers, which may share its class name with a layer (<c>Add</c>). An
    /// <c>.h5</c> names no modules; there it is told by what nearly every layer has and no operation.</summary>
    public bool IsOperation => Module is null
        ? CallsAreObjects && !IsInput && Nested is null && Config.Find("trainable") is null && !WithoutTrainable.Contains(ClassName)
        : Module.Contains(".ops.", StringComparison.Ordinal) || Module.EndsWith(".ops", StringComparison.Ordinal);

    /// <summary>Whether its calls are written as Keras 3 writes them.</summary>
    public bool CallsAreObjects { get; init; }

    /// <summary>Whether it stands for an input of its model.</summary>
    public bool IsInput => ClassName == "InputLayer";

    private LayerConfig? Inner =>
        Config.Find("layer") is { ValueKind: JsonValueKind.Object } layer ? new LayerConfig(layer) : null;

    /// <summary>What an author registered as their own is never one of Keras' classes, whatever its name.</summary>
    public bool IsCustom =>
        RegisteredName is { } name && name.Contains('>', StringComparison.Ordinal) && !name.StartsWith("Keras>", StringComparison.Ordinal);
}

/// <summary>An output (or input) of a model.</summary>
/// <param name="Name">Key in a dictionary, else the name of the layer.</param>
/// <param name="Reference">The tensor.</param>
internal readonly record struct ModelTensor(string Name, TensorReference Reference);

/// <summary>A Functional or Sequential model.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Layers">Its layers in the order of the file.</param>
/// <param name="Inputs">Its inputs in order.</param>
/// <param name="Outputs">Its outputs in order.</param>
internal sealed record KerasModel(
    string Name, IReadOnlyList<KerasLayer> Layers, IReadOnlyList<ModelTensor> Inputs, IReadOnlyList<ModelTensor> Outputs)
{
    /// <summary>Every layer that is no model itself, those of nested models in their place.</summary>
    public IEnumerable<KerasLayer> Leaves => Layers.SelectMany(layer => layer.Nested is { } nested ? nested.Leaves : [layer]);
}

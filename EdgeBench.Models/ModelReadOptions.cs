namespace EdgeBench.Models;

/// <summary>What <see cref="Model.Read"/> cannot know from the model file alone.</summary>
public sealed record ModelReadOptions
{
    /// <summary>File with the weights of an architecture that has none: a weights <c>.h5</c> or a <c>.weights.h5</c>.</summary>
    public string? WeightsFile { get; init; }

    /// <summary>Seed of the synthetic weights of an architecture without a weights file.</summary>
    public ulong SyntheticSeed { get; init; }

    /// <summary>Shapes, without the batch, of inputs whose size the file leaves open, by the input's name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> InputShapes { get; init; } = new Dictionary<string, IReadOnlyList<int>>();

    /// <summary>Passes over the graph that are left out when the model is written: of <see cref="Model.OptionalPasses"/>.</summary>
    public IReadOnlyList<string> SkippedPasses { get; init; } = [];

    /// <summary>Layers whose outputs become outputs of the graph as well, behind the model's own.</summary>
    internal IReadOnlyList<string> ExposedLayers { get; init; } = [];
}

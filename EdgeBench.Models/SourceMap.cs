using System.Text.Json;

namespace EdgeBench.Models;

/// <summary>
/// The layers that every operator of a written file came from. It is an entry of the file's metadata in every format, and always the same
/// JSON: an object of lists of layers, by the name of the first tensor that the operator computes, which no other operator does.
/// </summary>
internal sealed class SourceMap
{
    /// <summary>Name of the entry.</summary>
    public const string Key = "edgebench.sources";

    private readonly SortedDictionary<string, IReadOnlyList<string>> _sources = new(StringComparer.Ordinal);

    /// <summary>Adds an operator.</summary>
    public void Add(string output, IReadOnlyList<string> layers) => _sources[output] = layers;

    /// <summary>The layers of an operator, by the name of its first tensor.</summary>
    public IReadOnlyList<string> Of(string output) => _sources[output];

    /// <summary>The entry's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(_sources);
}

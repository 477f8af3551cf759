using System.Text;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Messages.Measurements;

/// <summary>
/// All that can move a latency and is known before the runs: the device, its settings, the runtime, the model, the options.
/// </summary>
/// <param name="Facts">The facts, each name once.</param>
public sealed record Fingerprint(IReadOnlyList<NamedFact> Facts)
{
    /// <summary>The value of a fact, or null where it is not known.</summary>
    public string? this[string name] => Facts.FirstOrDefault(fact => fact.Name == name)?.Value;

    /// <summary>
    /// A hash over the names and values in the order of the names. Two measurements with the same one were made under the same known
    /// conditions; why a value is missing is no part of it.
    /// </summary>
    public Sha256 Hash()
    {
        var text = string.Join('\n', Facts.OrderBy(fact => fact.Name, StringComparer.Ordinal).Select(fact => $"{fact.Name}={fact.Value}"));
        return Sha256.Of(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The facts in which two fingerprints differ, by name; a fact that one of them lacks is null there.</summary>
    public IReadOnlyList<FingerprintDifference> DifferencesFrom(Fingerprint other) =>
    [
        .. from name in Facts.Concat(other.Facts).Select(fact => fact.Name).Distinct().Order(StringComparer.Ordinal)
           let difference = new FingerprintDifference(name, this[name], other[name])
           where difference.First != difference.Second
           select difference,
    ];
}

/// <summary>A fact that is not the same in two fingerprints.</summary>
/// <param name="Name">The fact's name.</param>
/// <param name="First">Its value in the first, or null.</param>
/// <param name="Second">Its value in the second, or null.</param>
public sealed record FingerprintDifference(string Name, string? First, string? Second);

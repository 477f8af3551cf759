using System.Globalization;

namespace EdgeBench.Models;

/// <summary>The names in a file that is being written, where each may stand once.</summary>
internal sealed class UniqueNames
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Keeps a name for what has to be called just that.</summary>
    public void Reserve(string name) => _taken.Add(name);

    /// <summary>A name of its own: the given one, with a number behind it where that is taken.</summary>
    public string Take(string name)
    {
        var unique = name;
        for (var i = 1; !_taken.Add(unique); i++)
        {
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}:{i}");
        }

        return unique;
    }
}

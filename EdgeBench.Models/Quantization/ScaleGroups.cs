namespace EdgeBench.Models.Quantization;

/// <summary>Things that must have the same scale, found by joining them two by two (union-find).</summary>
internal sealed class ScaleGroups
{
    private readonly int[] _parents;

    /// <summary>Begins with each thing on its own.</summary>
    public ScaleGroups(int count) => _parents = [.. Enumerable.Range(0, count)];

    /// <summary>The one that stands for the whole group of a thing: the first of them.</summary>
    public int Of(int thing)
    {
        while (_parents[thing] != thing)
        {
            thing = _parents[thing] = _parents[_parents[thing]];
        }

        return thing;
    }

    /// <summary>Joins the groups of two things.</summary>
    public void Join(int first, int second)
    {
        var (one, other) = (Of(first), Of(second));
        _parents[Math.Max(one, other)] = Math.Min(one, other);
    }
}

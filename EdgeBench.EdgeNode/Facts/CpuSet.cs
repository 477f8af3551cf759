using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>A set of logical CPUs by their numbers, written as the kernel writes it: <c>0-3,6</c>.</summary>
[JsonConverter(typeof(CpuSetJsonConverter))]
public sealed class CpuSet : IEquatable<CpuSet>
{
    // The largest CONFIG_NR_CPUS that distributions build with; anything above is no list of CPUs.
    private const int MostCpus = 8192;

    private readonly ImmutableSortedSet<int> _cpus;

    private CpuSet(ImmutableSortedSet<int> cpus) => _cpus = cpus;

    /// <summary>How many CPUs are in the set; at least 1.</summary>
    public int Count => _cpus.Count;

    /// <summary>The numbers of the CPUs, ascending.</summary>
    public IReadOnlyList<int> Cpus => _cpus;

    /// <summary>A set of the given CPUs.</summary>
    /// <exception cref="ArgumentException">There is none, or a number is below 0 or above 8191.</exception>
    public static CpuSet Of(IEnumerable<int> cpus)
    {
        var set = cpus.ToImmutableSortedSet();
        return !set.IsEmpty && set[0] >= 0 && set[^1] < MostCpus
            ? new CpuSet(set)
            : throw new ArgumentException("a CPU set holds at least one CPU, numbered from 0 to 8191", nameof(cpus));
    }

    /// <summary>Reads a list such as <c>0-3,6</c>.</summary>
    /// <returns>False where the text is no such list, or an empty one.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out CpuSet? set)
    {
        set = null;
        var cpus = ImmutableSortedSet.CreateBuilder<int>();
        foreach (var part in text.Trim().Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                || last < first || last >= MostCpus)
            {
                return false;
            }

            cpus.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        set = new CpuSet(cpus.ToImmutable());
        return true;
    }

    /// <summary>
    /// The CPUs that a measurement gets where nobody asked for others: all, but one core is left to the agent where there are three or
    /// more. It is the lowest, as that one serves most interrupts.
    /// </summary>
    /// <param name="allowed">The CPUs that this process may run on.</param>
    public static CpuSet ForMeasurement(CpuSet allowed) =>
        allowed.Count >= 3 ? new CpuSet(allowed._cpus.Remove(allowed._cpus[0])) : allowed;

    /// <summary>The list as the kernel writes it.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        for (var start = 0; start < _cpus.Count;)
        {
            var end = start;
            while (end + 1 < _cpus.Count && _cpus[end + 1] == _cpus[end] + 1)
            {
                end++;
            }

            parts.Add(start == end ? $"{_cpus[start]}" : $"{_cpus[start]}-{_cpus[end]}");
            start = end + 1;
        }

        return string.Join(',', parts);
    }

    /// <inheritdoc/>
    public bool Equals(CpuSet? other) => other is not null && _cpus.SequenceEqual(other._cpus);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CpuSet);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

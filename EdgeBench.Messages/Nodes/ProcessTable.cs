using System.Diagnostics;
using System.Globalization;

namespace EdgeBench.Messages.Nodes;

/// <summary>What <c>/proc</c> tells of processes.</summary>
public static class ProcessTable
{
    // Numbers of fields in /proc/PID/stat behind the program's name, which may itself hold spaces and parentheses.
    private const int StateField = 0;
    private const int ParentField = 1;
    private const int StartTimeField = 19;

    /// <summary>When a process started, in clock ticks since boot, or null where it has ended.</summary>
    public static long? StartTicks(int pid) => Stat(pid) is { } stat && stat[StateField] is not ("Z" or "X")
        ? long.Parse(stat[StartTimeField], CultureInfo.InvariantCulture)
        : null;

    /// <summary>The memory that a process holds in RAM, in bytes, or null where it has ended.</summary>
    public static long? ResidentBytes(int pid) => Read($"/proc/{pid}/statm") is { } text
        ? long.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize
        : null;

    /// <summary>The memory that a process and all that descend from it hold in RAM, in bytes; 0 where they have ended.</summary>
    public static long ResidentBytesOfTree(int pid) => Tree(pid).Sum(member => ResidentBytes(member) ?? 0);

    /// <summary>A process and all that descend from it; those whose parent has ended are no longer known as such.</summary>
    public static IReadOnlyList<int> Tree(int pid)
    {
        var children = All().ToLookup(child => Stat(child) is { } stat ? int.Parse(stat[ParentField], CultureInfo.InvariantCulture) : 0);
        List<int> tree = [pid];
        for (var known = 0; known < tree.Count; known++)
        {
            tree.AddRange(children[tree[known]]);
        }

        return tree;
    }

    /// <summary>
    /// Ends every process whose home folder is this one, as a runner and all that descends from it have it, whoever is their parent now.
    /// </summary>
    /// <param name="home">The folder.</param>
    public static void EndAllWithin(string home)
    {
        // Again until there is none: what is ended may have had children meanwhile.
        while (AllWithin(home) is { Count: > 0 } left)
        {
            foreach (var pid in left)
            {
                try
                {
                    using var process = Process.GetProcessById(pid);
                    process.Kill();
                    process.WaitForExit();
                }
                catch (ArgumentException)
                {
                    // It has ended by itself.
                }
            }
        }
    }

    private static List<int> AllWithin(string home) => [.. All().Where(pid => StartTicks(pid) is not null && HasHome(pid, home))];

    private static IEnumerable<int> All() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let pid = int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
        where pid > 0
        select pid;

    private static bool HasHome(int pid, string home)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ").Split('\0').Contains($"HOME={home}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It is gone, or another user's.
            return false;
        }
    }

    private static string[]? Stat(int pid) => Read($"/proc/{pid}/stat") is { } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path) is { Length: > 0 } text ? text : null;
        }
        catch (IOException)
        {
            // No such process: either its folder is gone, or it went while we were reading.
            return null;
        }
    }
}

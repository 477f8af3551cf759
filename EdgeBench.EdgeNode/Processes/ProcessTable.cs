using System.Globalization;

namespace EdgeBench.EdgeNode.Processes;

/// <summary>What <c>/proc</c> tells of processes.</summary>
internal static class ProcessTable
{
    private const string Boot = "/proc/sys/kernel/random/boot_id";

    // Numbers of fields in /proc/PID/stat behind the program's name, which may itself hold spaces and parentheses.
    private const int StateField = 0;
    private const int StartTimeField = 19;

    /// <summary>The identity of this boot.</summary>
    public static string BootId() => File.ReadAllText(Boot).Trim();

    /// <summary>When a process started, in clock ticks since boot, or null where it has ended.</summary>
    public static long? StartTicks(int pid) => Stat(pid) is { } stat && stat[StateField] is not ("Z" or "X")
        ? long.Parse(stat[StartTimeField], CultureInfo.InvariantCulture)
        : null;

    /// <summary>The memory that a process holds in RAM, in bytes, or null where it has ended.</summary>
    public static long? ResidentBytes(int pid) => Read($"/proc/{pid}/statm") is { } text
        ? long.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize
        : null;

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

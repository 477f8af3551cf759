using System.Globalization;

namespace EdgeBench.Runner.Hosting;

/// <summary>The memory of this process, as the kernel counts it.</summary>
internal static class PeakMemory
{
    /// <summary>The greatest resident set so far in bytes (VmHWM), or null where the kernel does not tell.</summary>
    public static long? ResidentBytes()
    {
        const string Status = "/proc/self/status";
        if (!File.Exists(Status))
        {
            return null;
        }

        var line = File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kibibytes = line?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1];
        return kibibytes is null ? null : long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
    }
}

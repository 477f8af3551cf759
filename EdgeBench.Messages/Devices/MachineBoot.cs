namespace EdgeBench.Messages.Devices;

/// <summary>Tells machines apart: every boot of a kernel has an id of its own, which all its processes and containers see.</summary>
public static class MachineBoot
{
    /// <summary>The id of this machine's present boot.</summary>
    public static string Current { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
}

using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>Where the figures of the evaluation program's control group are.</summary>
internal sealed record RunnerGroup
{
    private const string Root = "sys/fs/cgroup";

    /// <summary>The file of its processes, or null.</summary>
    public string? Processes { get; private init; }

    /// <summary>The file of its CPU time in nanoseconds (version 1), or null.</summary>
    public string? CpuNanoseconds { get; private init; }

    /// <summary>The file of its CPU time and throttled periods (both versions, not the same lines), or null.</summary>
    public string? CpuStatistics { get; private init; }

    /// <summary>The file of its memory's peak, or null.</summary>
    public string? MemoryPeak { get; private init; }

    /// <summary>The file of its memory, where there is none of its peak.</summary>
    public string? MemoryNow { get; private init; }

    /// <summary>Why there is no memory figure, and what to do; or null.</summary>
    public string? MemoryMissing { get; private init; }

    /// <summary>Finds them by the program's process.</summary>
    public static RunnerGroup Find(SystemTree tree, HostProcess process)
    {
        if (!process.OwnControlGroup)
        {
            return new RunnerGroup { MemoryMissing = "a child process has no control group of its own; use containers" };
        }

        var text = tree.Text($"proc/{process.Id}/cgroup");
        if (!text.IsKnown)
        {
            return new RunnerGroup
            {
                MemoryMissing = $"{text.MissingBecause}: the program has ended, or the edge node does not see its process",
            };
        }

        // Lines such as 4:memory:/docker/ID, or 0::/docker/ID for all controllers of version 2.
        var paths = text.Value.Split('\n').Select(line => line.Split(':', 3)).Where(fields => fields.Length == 3)
            .SelectMany(fields => fields[1].Split(',').Select(controller => (Controller: controller, Path: fields[2])))
            .GroupBy(group => group.Controller)
            .ToDictionary(group => group.Key, group => group.First().Path);
        var unified = new ControlGroups(tree).Version().Value?.Value == 2 ? Folder(tree, "", paths.GetValueOrDefault("")) : null;
        var cpu = unified ?? Folder(tree, "cpu", paths.GetValueOrDefault("cpu"));
        var account = unified ?? Folder(tree, "cpuacct", paths.GetValueOrDefault("cpuacct"));
        var memory = unified ?? Folder(tree, "memory", paths.GetValueOrDefault("memory"));
        var peak = Existing(tree, memory, "memory.peak") ?? Existing(tree, memory, "memory.max_usage_in_bytes");
        var now = Existing(tree, memory, "memory.current");
        return new RunnerGroup
        {
            Processes = Existing(tree, account ?? cpu ?? memory, "cgroup.procs"),
            CpuNanoseconds = Existing(tree, account, "cpuacct.usage"),
            CpuStatistics = Existing(tree, cpu, "cpu.stat"),
            MemoryPeak = peak,
            MemoryNow = peak is null ? now : null,
            MemoryMissing = peak is not null || now is not null ? null
                : new ControlGroups(tree).Memory() is { IsKnown: false } off ? off.MissingBecause
                : $"the control group of process {process.Id} is not to be seen below /{Root}; run the edge node outside a container",
        };
    }

    private static string? Folder(SystemTree tree, string controller, string? path)
    {
        if (path is null)
        {
            return null;
        }

        // Controllers of version 1 may be mounted together, with links of their single names.
        var folder = $"{(controller == "" ? Root : $"{Root}/{controller}")}{path.TrimEnd('/')}";
        return tree.Has(folder) ? folder : null;
    }

    private static string? Existing(SystemTree tree, string? folder, string file) =>
        folder is not null && tree.Has($"{folder}/{file}") ? $"{folder}/{file}" : null;
}

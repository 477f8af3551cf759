using System.Diagnostics;
using System.Globalization;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>All processes of the machine at one moment, with the CPU time that they have used.</summary>
internal sealed class ProcessScan
{
    private const double SecondsOfATick = 0.01;

    // Less is the noise of a system that does nothing.
    private const double LeastLoad = 0.01;
    private const int Most = 10;

    // Of /proc/PID/stat behind the name, counted from 0.
    private const int UserField = 11;
    private const int SystemField = 12;
    private const int StartField = 19;
    private const int ProcessorField = 36;

    private readonly Dictionary<(int Process, long Start), Entry> _processes;
    private readonly long _at;
    private readonly long? _busy;

    private ProcessScan(Dictionary<(int Process, long Start), Entry> processes, long at, long? busy) =>
        (_processes, _at, _busy) = (processes, at, busy);

    /// <summary>Looks at all.</summary>
    public static ProcessScan Read(SystemTree tree)
    {
        var processes = new Dictionary<(int, long), Entry>();
        foreach (var folder in tree.Folders("proc", "*").Where(folder => char.IsAsciiDigit(folder[^1])))
        {
            if (int.TryParse(folder.Split('/')[^1], CultureInfo.InvariantCulture, out var process)
                && tree.Text($"{folder}/stat").Value is { } stat)
            {
                var (begin, end) = (stat.IndexOf('(', StringComparison.Ordinal), stat.LastIndexOf(')'));
                var fields = stat[(end + 2)..].Split(' ');
                processes[(process, Field(fields, StartField))] = new Entry(
                    stat[(begin + 1)..end], Field(fields, UserField) + Field(fields, SystemField), (int)Field(fields, ProcessorField));
            }
        }

        return new ProcessScan(processes, (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds, Busy(tree));
    }

    /// <summary>
    /// The processes that used most between two scans, the greatest first. Those that came and went in between are told together, by what
    /// the CPUs did beyond the others.
    /// </summary>
    /// <param name="later">The later scan.</param>
    /// <param name="runner">The processes of the evaluation program, which are no others.</param>
    /// <param name="runnerCpu">The CPU time of the evaluation program in between, in nanoseconds.</param>
    public IReadOnlyList<ProcessLoad> Until(ProcessScan later, IReadOnlyCollection<int> runner, long runnerCpu)
    {
        var seconds = (later._at - _at) / 1e9;
        if (seconds <= 0)
        {
            return [];
        }

        var loads = new List<ProcessLoad>();
        foreach (var ((process, start), entry) in later._processes)
        {
            if (!runner.Contains(process))
            {
                var before = _processes.GetValueOrDefault((process, start))?.Ticks ?? 0;
                loads.Add(new ProcessLoad(process, entry.Name, (entry.Ticks - before) * SecondsOfATick / seconds, entry.Cpu));
            }
        }

        if (_busy is { } busyBefore && later._busy is { } busyAfter)
        {
            var ended = ((busyAfter - busyBefore) * SecondsOfATick / seconds) - loads.Sum(load => load.Load) - (runnerCpu / 1e9 / seconds);
            loads.Add(new ProcessLoad(0, "processes that have ended", ended));
        }

        return [.. loads.Where(load => load.Load >= LeastLoad).OrderByDescending(load => load.Load).Take(Most)];
    }

    private static long Field(string[] fields, int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);

    // What processes used: user, nice and system time of all CPUs.
    private static long? Busy(SystemTree tree) =>
        tree.Text("proc/stat").Value?.Split('\n')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            is ["cpu", var user, var nice, var system, ..]
            ? long.Parse(user, CultureInfo.InvariantCulture) + long.Parse(nice, CultureInfo.InvariantCulture)
                + long.Parse(system, CultureInfo.InvariantCulture)
            : null;

    private sealed record Entry(string Name, long Ticks, int Cpu);
}

using System.Globalization;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Observation;

/// <summary>Reads what the evaluation program uses.</summary>
internal sealed class RunnerReader
{
    private const long NanosecondsOfAMicrosecond = 1_000;
    private const long NanosecondsOfATick = 10_000_000;
    private const long BytesOfAKibibyte = 1_024;

    // Of /proc/PID/task/TID/stat behind the name, counted from 0.
    private const int MajorFaultsField = 9;
    private const int UserField = 11;
    private const int SystemField = 12;
    private const int ProcessorField = 36;

    private readonly SystemTree _tree;
    private readonly int _process;
    private readonly Dictionary<string, (string? Schedule, Thread Thread)> _last = [];

    public RunnerReader(SystemTree tree, HostProcess process)
    {
        (_tree, _process) = (tree, process.Id);
        Group = RunnerGroup.Find(tree, process);
    }

    /// <summary>Where its control group's figures are.</summary>
    public RunnerGroup Group { get; }

    /// <summary>Its processes: those of its control group, else itself and its children's children.</summary>
    public IReadOnlyList<int> Processes() =>
        Group.Processes is { } file && Numbers(_tree.Text(file).Value) is { Count: > 0 } members ? members : Descendants();

    /// <summary>Looks at it; null where it has ended.</summary>
    public RunnerUsage? Read()
    {
        var threads = Processes()
            .SelectMany(process => _tree.Folders($"proc/{process}/task", "*"))
            .Select(ReadThread)
            .OfType<Thread>()
            .ToList();
        if (threads.Count == 0)
        {
            return null;
        }

        var statistics = Group.CpuStatistics is { } file ? Table(_tree.Text(file).Value) : [];
        return new RunnerUsage
        {
            // The group also knows the threads that have ended.
            Cpu = Of(Group.CpuNanoseconds) ?? statistics.GetValueOrDefault("usage_usec") * NanosecondsOfAMicrosecond
                ?? threads.Sum(thread => thread.Usage.Cpu),
            Waiting = threads.TrueForAll(thread => thread.Waiting is not null) ? threads.Sum(thread => thread.Waiting) : null,
            Threads = [.. threads.Select(thread => thread.Usage)],
            VoluntarySwitches = threads.Sum(thread => thread.Voluntary),
            InvoluntarySwitches = threads.Sum(thread => thread.Involuntary),
            MajorFaults = threads.Sum(thread => thread.MajorFaults),
            QuotaThrottledPeriods = statistics.GetValueOrDefault("nr_throttled"),
            MemoryPeak = Of(Group.MemoryPeak),
            MemoryNow = Of(Group.MemoryNow),
            ResidentPeak = Kibibytes(_tree.Field($"proc/{_process}/status", "VmHWM")),
        };
    }

    private static long? Kibibytes(Fact<string> text) =>
        text.Value?.Split(' ') is [var number, "kB"] && long.TryParse(number, CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes * BytesOfAKibibyte
            : null;

    private static Dictionary<string, long?> Table(string? text) => (text ?? "").Split('\n')
        .Select(line => line.Split(' '))
        .Where(fields => fields.Length == 2)
        .ToDictionary(
            fields => fields[0], fields => long.TryParse(fields[1], CultureInfo.InvariantCulture, out var value) ? value : (long?)null);

    private static List<int> Numbers(string? text) =>
    [
        .. (text ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(number => int.TryParse(number, CultureInfo.InvariantCulture, out var value) ? value : 0)
            .Where(number => number > 0),
    ];

    private long? Of(string? file) => file is null ? null : _tree.Number(file).Value?.Value;

    private List<int> Descendants()
    {
        var all = new List<int> { _process };
        for (var next = 0; next < all.Count; next++)
        {
            all.AddRange(Numbers(_tree.Text($"proc/{all[next]}/task/{all[next]}/children").Value).Except(all));
        }

        return all;
    }

    private Thread? ReadThread(string folder)
    {
        // Run time, time ready without a CPU, and how often it ran: where they are what they were, so is all else of a thread that slept.
        var schedule = _tree.Text($"{folder}/schedstat").Value;
        if (schedule is not null && _last.TryGetValue(folder, out var last) && last.Schedule == schedule)
        {
            return last.Thread;
        }

        if (_tree.Text($"{folder}/stat").Value is not { } text)
        {
            return null;
        }

        // A kernel without that file counts run time in hundredths of a second.
        var stat = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        var (cpu, waiting) = schedule?.Split(' ') is [var run, var delay, ..]
            ? (Whole(run), Whole(delay))
            : ((Whole(stat[UserField]) + Whole(stat[SystemField])) * NanosecondsOfATick, (long?)null);
        var status = _tree.Text($"{folder}/status").Value ?? "";
        var thread = new Thread(
            new ThreadUsage((int)Whole(folder.Split('/')[^1]), cpu, (int)Whole(stat[ProcessorField])),
            waiting,
            Switches(status, "voluntary_ctxt_switches"),
            Switches(status, "nonvoluntary_ctxt_switches"),
            Whole(stat[MajorFaultsField]));
        _last[folder] = (schedule, thread);
        return thread;
    }

    private static long Whole(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static long? Switches(string status, string name) =>
        long.TryParse(SystemTree.Fields(status, name).FirstOrDefault(), CultureInfo.InvariantCulture, out var count) ? count : null;

    private sealed record Thread(ThreadUsage Usage, long? Waiting, long? Voluntary, long? Involuntary, long MajorFaults);
}

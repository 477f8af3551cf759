using System.Globalization;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Messages.Tasks;

/// <summary>How a cell is measured.</summary>
// Source-generated JSON assigns null to an init-only property that the text lacks, which would undo its initial value; hence the accessors.
public sealed record MeasurementOptions
{
    /// <summary>The number of timed runs that the paper used.</summary>
    public const int DefaultRuns = 30;

    /// <summary>The most timed runs that may be asked for.</summary>
    public const int MaximumRuns = 100_000;

    /// <summary>The shortest time that a cell's timed runs take together, where nothing else is asked.</summary>
    public const int DefaultMinimumMilliseconds = 1_000;

    /// <summary>The longest such time that may be asked for: ten minutes.</summary>
    public const int MaximumMinimumMilliseconds = 600_000;

    /// <summary>The fresh starts of a cell, where nothing else is asked.</summary>
    public const int DefaultStarts = 3;

    /// <summary>The most fresh starts of a cell, be they asked for or made until an interval is narrow.</summary>
    public const int MaximumStarts = 50;

    /// <summary>How long starts are added until an interval is narrow, where nothing else is asked.</summary>
    public const int DefaultMaximumSeconds = 300;

    /// <summary>The longest such time that may be asked for: a day.</summary>
    public const int LongestMaximumSeconds = 86_400;

    /// <summary>The narrowest interval that may be asked for.</summary>
    public const double NarrowestUntil = 0.001;

    /// <summary>The widest interval that may be asked for.</summary>
    public const double WidestUntil = 0.5;

    /// <summary>The most threads that may be asked for.</summary>
    public const int MaximumThreads = 1_024;

    /// <summary>The most inputs that may be given as files.</summary>
    public const int MaximumInputs = 64;

    /// <summary>The most options of the runtime that may be given.</summary>
    public const int MaximumRuntimeOptions = 32;

    private const int MaximumOptionLength = 200;

    private static IReadOnlyDictionary<string, string> Nothing { get; } = new Dictionary<string, string>();

    /// <summary>The timed runs over all starts, at least this many; 1 to <see cref="MaximumRuns"/>.</summary>
    public int Runs { get; init; } = DefaultRuns;

    /// <summary>
    /// The least time of all timed runs together, over all starts, in milliseconds: a network that runs within microseconds is run more
    /// often than <see cref="Runs"/>. 0 to <see cref="MaximumMinimumMilliseconds"/>.
    /// </summary>
    public int MinimumMilliseconds { get; init; } = DefaultMinimumMilliseconds;

    /// <summary>
    /// The fresh starts of the evaluation program; with <see cref="Until"/> the least of them. 1 to <see cref="MaximumStarts"/>.
    /// </summary>
    public int Starts { get; init; } = DefaultStarts;

    /// <summary>
    /// Starts are added until half the 95 % interval of the mean in relation to the mean is no more than this, as 0.02 for 2 %; null makes
    /// the asked starts. <see cref="NarrowestUntil"/> to <see cref="WidestUntil"/>.
    /// </summary>
    public double? Until { get; init; }

    /// <summary>
    /// With <see cref="Until"/>: no start is added when the cell has been measured for so long. 1 to <see cref="LongestMaximumSeconds"/>.
    /// </summary>
    public int MaximumSeconds { get; init; } = DefaultMaximumSeconds;

    /// <summary>
    /// The threads of one inference; null leaves it to the device: all its cores, one kept for the agent where there are three or more.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>The seed of the inputs that <see cref="Inputs"/> does not give.</summary>
    public ulong Seed { get; init; }

    /// <summary>Options of the runtime by name; which there are is told by its manifest.</summary>
    public IReadOnlyDictionary<string, string> RuntimeOptions { get; init => field = value ?? Nothing; } = Nothing;

    /// <summary>Inputs given as files; all others are seeded.</summary>
    public IReadOnlyList<InputSource> Inputs { get; init => field = value ?? []; } = [];

    /// <summary>Whether memory is measured too, by a start of its own that is not timed.</summary>
    public bool Memory { get; init; } = true;

    /// <summary>What is wrong with these options and what they may be, in one line; null where nothing is.</summary>
    public string? Problem() =>
        Outside("the runs are", Runs, 1, MaximumRuns)
        ?? Outside("the minimum time in milliseconds is", MinimumMilliseconds, 0, MaximumMinimumMilliseconds)
        ?? Outside("the starts are", Starts, 1, MaximumStarts)
        ?? (Until is { } until && until is not (>= NarrowestUntil and <= WidestUntil)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"the interval to reach is {NarrowestUntil:0.#%} to {WidestUntil:0.#%} of the mean, not {until:0.######%}")
            : null)
        ?? Outside("the longest time in seconds is", MaximumSeconds, 1, LongestMaximumSeconds)
        ?? (Threads is { } threads ? Outside("the threads are", threads, 1, MaximumThreads) : null)
        ?? Outside("the options of the runtime are", RuntimeOptions.Count, 0, MaximumRuntimeOptions)
        ?? (RuntimeOptions.Any(option => option.Key is not { Length: > 0 and <= MaximumOptionLength }
                || option.Value is not { Length: <= MaximumOptionLength })
            ? $"an option of the runtime is NAME=VALUE, each of at most {MaximumOptionLength} characters"
            : null)
        ?? Outside("the inputs given as files are", Inputs.Count, 0, MaximumInputs)
        ?? (Inputs.FirstOrDefault(input => input.Name is not { Length: > 0 and <= MaximumOptionLength }) is not null
            ? $"an input given as a file needs its name, of at most {MaximumOptionLength} characters"
            : null)
        ?? (Inputs.GroupBy(input => input.Name).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? $"input '{twice.Key}' is given twice"
            : null);

    private static string? Outside(string what, int value, int least, int most) =>
        value < least || value > most ? $"{what} {least} to {most}, not {value}" : null;
}

/// <summary>An input given as a file: its elements, little-endian, in C order, and nothing else.</summary>
/// <param name="Name">The input's name in the model.</param>
/// <param name="File">The file.</param>
public sealed record InputSource(string Name, ArtifactRef File);

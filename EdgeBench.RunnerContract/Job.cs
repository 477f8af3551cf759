using System.Text.Json.Serialization;

namespace EdgeBench.RunnerContract;

/// <summary>
/// What a runner is asked to do: the content of <c>job.json</c>, which lies with the model in a read-only job folder.
/// </summary>
// Source-generated JSON assigns null to an init-only property that the text lacks, which would undo its initial value; hence the accessors.
public sealed record Job
{
    /// <summary>The name of the file in the job folder that holds this record.</summary>
    public const string FileName = "job.json";

    /// <summary>The version of the contract, see <see cref="ContractVersion.Current"/>. A runner refuses one it does not know.</summary>
    public required int Contract { get; init; }

    /// <summary>Whether to time the model or to return what it computes.</summary>
    public required JobMode Mode { get; init; }

    /// <summary>The model file, by its name in the job folder.</summary>
    public required string Model { get; init; }

    /// <summary>Inputs given as files. An input that is not listed is filled from <see cref="Seed"/>.</summary>
    public IReadOnlyList<JobInput> Inputs { get; init => field = value ?? []; } = [];

    /// <summary>How many samples the files of <see cref="Inputs"/> hold, one behind the other; the model runs once for each. At least 1;
    /// more than one in <see cref="JobMode.Outputs"/> only.</summary>
    public int Samples { get; init => field = value == 0 ? 1 : value; } = 1;

    /// <summary>The seed of the inputs that no file gives; see <see cref="SeededInput"/> for the rule.</summary>
    public ulong Seed { get; init; }

    /// <summary>How many threads one inference may use; at least 1.</summary>
    public required int Threads { get; init; }

    /// <summary>The untimed runs before the timed ones. Of no meaning in <see cref="JobMode.Outputs"/>.</summary>
    public WarmUpPlan WarmUp { get; init => field = value ?? new(); } = new();

    /// <summary>The timed runs. Of no meaning in <see cref="JobMode.Outputs"/>.</summary>
    public TimedPlan Timed { get; init => field = value ?? new(); } = new();

    /// <summary>Options of the runtime, by the names its manifest lists. A runner refuses a name it does not know.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init => field = value ?? Nothing; } = Nothing;

    private static IReadOnlyDictionary<string, string> Nothing { get; } = new Dictionary<string, string>();
}

/// <summary>What a job wants back.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<JobMode>))]
public enum JobMode
{
    /// <summary>Latencies: <see cref="SamplesLine"/>.</summary>
    Measure,

    /// <summary>The values of the outputs of one run for each sample: <see cref="OutputLine"/>.</summary>
    Outputs,
}

/// <summary>One input of the model, given as a file in the job folder.</summary>
/// <param name="Name">The input's name in the model.</param>
/// <param name="File">
/// The file in the job folder: raw little-endian elements in C order, exactly as many as the input's shape asks for, for each sample.
/// </param>
public sealed record JobInput(string Name, string File);

/// <summary>
/// How long to run before timing begins: until both minima are met and, where the runner can tell, the latencies are steady; but never
/// beyond
/// the maximum.
/// </summary>
/// <param name="MinimumRuns">At least this many runs.</param>
/// <param name="MinimumMilliseconds">At least this long, in milliseconds.</param>
/// <param name="MaximumMilliseconds">Not longer than this, in milliseconds, though never fewer than one run.</param>
public sealed record WarmUpPlan(int MinimumRuns = 5, int MinimumMilliseconds = 200, int MaximumMilliseconds = 10_000);

/// <summary>How many runs to time: until both minima are met.</summary>
/// <param name="Runs">At least this many runs.</param>
/// <param name="MinimumMilliseconds">At least this long, in milliseconds.</param>
public sealed record TimedPlan(int Runs = 30, int MinimumMilliseconds = 0);

/// <summary>The version of the contract between an edge node and a runner.</summary>
public static class ContractVersion
{
    /// <summary>The version this build speaks.</summary>
    public const int Current = 1;
}

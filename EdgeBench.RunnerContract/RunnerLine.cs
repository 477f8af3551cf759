using System.Text.Json.Serialization;

namespace EdgeBench.RunnerContract;

/// <summary>
/// One line of a runner's standard output, a JSON object whose <c>type</c> says which. They come in the order of the types below; a reader
/// passes
/// over a type it does not know, so that a runner may say more than this version of the contract.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(StartedLine), "started")]
[JsonDerivedType(typeof(LoadedLine), "loaded")]
[JsonDerivedType(typeof(FirstRunLine), "firstRun")]
[JsonDerivedType(typeof(WarmedUpLine), "warmedUp")]
[JsonDerivedType(typeof(SamplesLine), "samples")]
[JsonDerivedType(typeof(OutputLine), "output")]
[JsonDerivedType(typeof(CompletedLine), "completed")]
[JsonDerivedType(typeof(FailedLine), "failed")]
public record RunnerLine;

/// <summary>The first line: who runs.</summary>
/// <param name="Contract">The version of the contract that the runner speaks.</param>
/// <param name="Runtime">The runtime that will run the model.</param>
public sealed record StartedLine(int Contract, RuntimeIdentity Runtime) : RunnerLine;

/// <summary>The runtime as it is, not as it was asked for.</summary>
/// <param name="Name">Its name, as in the manifest.</param>
/// <param name="Version">The version that its native library reports.</param>
public sealed record RuntimeIdentity(string Name, string Version);

/// <summary>The model is loaded and its buffers are ready.</summary>
/// <param name="Nanoseconds">From the call that loads the model to its return.</param>
/// <param name="Inputs">The inputs in the model's order.</param>
/// <param name="Outputs">The outputs in the model's order; -1 stands for a dimension that only a run tells.</param>
/// <param name="Threads">The threads that the runtime was configured with.</param>
/// <param name="Options">The options in force, those that the runner chose itself included.</param>
public sealed record LoadedLine(
    long Nanoseconds,
    IReadOnlyList<TensorDescription> Inputs,
    IReadOnlyList<TensorDescription> Outputs,
    int Threads,
    IReadOnlyDictionary<string, string> Options) : RunnerLine
{
    /// <summary>
    /// Where the runtime runs the model's operators: how many each of its providers or delegates has, by its name; null where the runtime
    /// does not tell.
    /// </summary>
    public IReadOnlyDictionary<string, int>? Providers { get; init; }

    /// <summary>The one of <see cref="Providers"/> that the options in force ask for; null where they ask for none.</summary>
    public string? AskedProvider { get; init; }
}

/// <summary>The first inference has ended.</summary>
/// <param name="Nanoseconds">How long it took.</param>
public sealed record FirstRunLine(long Nanoseconds) : RunnerLine;

/// <summary>The warm-up has ended.</summary>
/// <param name="Runs">How many runs it had, the first inference not among them.</param>
/// <param name="Nanoseconds">How long it took.</param>
public sealed record WarmedUpLine(int Runs, long Nanoseconds) : RunnerLine
{
    /// <summary>Why it ended, or null where the runner does not tell.</summary>
    public WarmUpEnding? End { get; init; }

    /// <summary>The latencies of its runs in their order, at most the first 4096; null where the runner does not tell.</summary>
    public IReadOnlyList<long>? Latencies { get; init; }
}

/// <summary>Why a warm-up ended.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<WarmUpEnding>))]
public enum WarmUpEnding
{
    /// <summary>The latencies had become steady.</summary>
    Steady,

    /// <summary>It had lasted as long as it may.</summary>
    Limit,
}

/// <summary>Latencies of timed runs, in the order in which they ran. There may be several such lines; each follows the last.</summary>
/// <param name="Nanoseconds">One number a run.</param>
public sealed record SamplesLine(IReadOnlyList<long> Nanoseconds) : RunnerLine;

/// <summary>A piece of one output. The pieces of an output come in order, the outputs in the model's order, sample after
/// sample.</summary>
/// <param name="Name">The output's name.</param>
/// <param name="Data">The next bytes of it: raw little-endian elements in C order (in JSON: base64).</param>
/// <param name="Last">Whether this piece ends the output.</param>
public sealed record OutputLine(string Name, byte[] Data, bool Last) : RunnerLine;

/// <summary>The last line of a runner that did what it was asked to.</summary>
/// <param name="OutputsSha256">The SHA-256 over the bytes of all outputs of the last run, one after the other in the model's order.</param>
/// <param name="PeakResidentBytes">
/// The greatest resident memory of the runner's process so far, or null where the system does not tell.
/// </param>
public sealed record CompletedLine(string OutputsSha256, long? PeakResidentBytes = null) : RunnerLine;

/// <summary>The last line of a runner that could not do what it was asked to.</summary>
/// <param name="Code">Which kind of failure; also the exit code says it.</param>
/// <param name="Message">What happened and, where that is known, what to do.</param>
public sealed record FailedLine(FailureCode Code, string Message) : RunnerLine;

/// <summary>Why a runner failed. The number is its exit code.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<FailureCode>))]
public enum FailureCode
{
    /// <summary>The job folder or <c>job.json</c> is not as the contract says.</summary>
    JobNotValid = 2,

    /// <summary>The runtime does not load the model.</summary>
    ModelNotLoaded = 3,

    /// <summary>The model was loaded, but a run failed.</summary>
    RunFailed = 4,

    /// <summary>The runtime itself does not start here: its library is missing, or this machine cannot run it.</summary>
    RuntimeNotUsable = 5,
}

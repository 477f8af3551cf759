using System.Globalization;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>How a runner's process ended.</summary>
/// <param name="Code">Its exit code; 128 + N where signal N ended it.</param>
/// <param name="OutOfMemory">Whether the memory limit was the reason.</param>
internal sealed record RunnerExit(int Code, bool OutOfMemory);

/// <summary>Holds a runner's lines, and how it ended, against the contract.</summary>
/// <param name="job">The job that the runner was given.</param>
internal sealed class RunnerDialogue(Job job)
{
    private const int SignalBase = 128;
    private const int ShownOfHash = 80;

    // Two clocks are compared here, and an engine may hold a line back for a while.
    private const double ClockTolerance = 1.01;
    private const double Slack = 100_000_000;
    private const int Killed = SignalBase + 9;

    private RunnerLine? _last;
    private int _rank;
    private int _samples;
    private double _told;
    private bool _ranFirst;
    private bool _warmedUp;

    /// <summary>Takes the next line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="elapsed">Nanoseconds since the order to start: no runner can have worked for longer.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Hear(RunnerLine line, long elapsed)
    {
        var rank = Rank(line);
        if (rank is null)
        {
            return null;
        }

        var name = line.GetType().Name;
        var wrong = _last is CompletedLine or FailedLine ? $"the runner wrote {name} after {_last.GetType().Name}, which is to be the last"
            : rank < _rank || (rank == _rank && line is not (SamplesLine or OutputLine))
                ? $"the runner wrote {name} after {_last!.GetType().Name}"
            : _last is null && line is not (StartedLine or FailedLine) ? $"the runner began with {name}"
            : WrongIn(line) ?? Impossible(line, elapsed);
        _last = line;
        _rank = rank.Value;
        return wrong;
    }

    /// <summary>What the lines and the end come to, once the runner has ended by itself.</summary>
    /// <returns>The failure, or null where it did what it was asked to.</returns>
    public InferenceFailure? Conclude(RunnerExit exit) => (_last, exit) switch
    {
        (FailedLine failed, _) => new InferenceFailure(KindOf(failed.Code), OutputTail.Printable(failed.Message)),
        (CompletedLine, { Code: 0 }) => null,
        (_, { OutOfMemory: true }) => new InferenceFailure(
            InferenceFailureKind.OutOfMemory, "the runner needed more than the memory limit; raise it, or take a smaller model"),
        (_, { Code: Killed }) => new InferenceFailure(
            InferenceFailureKind.Lost,
            "the runner was killed from outside, and not for its memory limit: the engine was restarted, the machine ran out of memory, "
            + "or a person did it"),
        (CompletedLine, _) =>
            new InferenceFailure(InferenceFailureKind.ContractBroken, $"the runner said that it completed, but {HowEnded(exit.Code)}"),
        _ => new InferenceFailure(InferenceFailureKind.EndedEarly, $"the runner {HowEnded(exit.Code)} before it completed"),
    };

    private static InferenceFailureKind KindOf(FailureCode code) => code switch
    {
        FailureCode.JobNotValid => InferenceFailureKind.JobNotValid,
        FailureCode.ModelNotLoaded => InferenceFailureKind.ModelNotLoaded,
        FailureCode.RunFailed => InferenceFailureKind.RunFailed,
        FailureCode.RuntimeNotUsable => InferenceFailureKind.RuntimeNotUsable,
        _ => InferenceFailureKind.ContractBroken,
    };

    private static string HowEnded(int code) => code switch
    {
        SignalBase + 4 => "was ended by SIGILL (an instruction that this CPU does not have)",
        SignalBase + 6 => "was ended by SIGABRT",
        SignalBase + 7 => "was ended by SIGBUS",
        SignalBase + 8 => "was ended by SIGFPE",
        SignalBase + 11 => "was ended by SIGSEGV (it crashed)",
        SignalBase + 31 => "was ended by SIGSYS (a system call that its sandbox forbids)",
        _ => $"ended with exit code {code}",
    };

    private static int? Rank(RunnerLine line) => line switch
    {
        StartedLine => 1,
        LoadedLine => 2,
        FirstRunLine => 3,
        WarmedUpLine => 4,
        SamplesLine => 5,
        OutputLine => 6,
        CompletedLine or FailedLine => 7,
        _ => null,
    };

    private string? Impossible(RunnerLine line, long elapsed)
    {
        _told += line switch
        {
            LoadedLine loaded => loaded.Nanoseconds,
            FirstRunLine firstRun => firstRun.Nanoseconds,
            WarmedUpLine warmedUp => warmedUp.Nanoseconds,
            SamplesLine samples => samples.Nanoseconds.Sum(nanoseconds => (double)nanoseconds),
            _ => 0,
        };
        return _told <= (elapsed * ClockTolerance) + Slack ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"the runner told of {_told / 1e9:0.0##} s of work within {elapsed / 1e9:0.0##} s since its start; its unit is not the nanosecond, or "
            + $"its clock is wrong");
    }

    private string? WrongIn(RunnerLine line)
    {
        switch (line)
        {
            case StartedLine started when started.Contract != ContractVersion.Current:
                return $"the runner speaks version {started.Contract} of the contract, this edge node version {ContractVersion.Current}; "
                    + "use an image of the same release";
            case LoadedLine { Nanoseconds: < 0 } or WarmedUpLine { Nanoseconds: < 0 } or WarmedUpLine { Runs: < 0 }:
                return $"the runner wrote a {line.GetType().Name} with a duration or number below 0";
            case FirstRunLine { Nanoseconds: <= 0 }:
            case WarmedUpLine { Latencies: { } latencies } when latencies.Any(nanoseconds => nanoseconds <= 0):
                return "the runner wrote a latency that is not above 0";
            case FirstRunLine:
                _ranFirst = true;
                return null;
            case WarmedUpLine:
                _warmedUp = true;
                return null;
            case SamplesLine samples when samples.Nanoseconds.Any(nanoseconds => nanoseconds <= 0):
                return "the runner wrote a latency that is not above 0";
            case SamplesLine samples:
                _samples += samples.Nanoseconds.Count;
                return null;
            case CompletedLine when _rank < 2:
                return "the runner said that it completed, but not that it loaded the model";
            case CompletedLine when job.Mode == JobMode.Measure && !(_ranFirst && _warmedUp):
                return $"the runner said that it completed, but wrote no {(_ranFirst ? nameof(WarmedUpLine) : nameof(FirstRunLine))}";
            case CompletedLine when job.Mode == JobMode.Measure && _samples < job.Timed.Runs:
                return $"the runner said that it completed, but gave {_samples} latencies of the {job.Timed.Runs} that it was asked for";
            case CompletedLine { OutputsSha256: var hash } when hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower):
                return $"the runner wrote a SHA-256 of {OutputTail.Printable(hash[..Math.Min(hash.Length, ShownOfHash)])}, which is none: it has "
                    + "64 lower-case hexadecimal digits";
            default:
                return null;
        }
    }
}

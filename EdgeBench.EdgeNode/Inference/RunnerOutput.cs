using System.Buffers;
using System.Text;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>
/// What a runner writes: cuts its standard output into lines, reads them, holds them against the contract, and keeps the end of everything
/// else.
/// </summary>
/// <param name="job">The job that the runner was given.</param>
/// <param name="limit">How many bytes it may write.</param>
/// <param name="said">Is given each line of the contract.</param>
/// <param name="elapsed">Tells the nanoseconds since the order to start.</param>
internal sealed class RunnerOutput(Job job, long limit, Action<RunnerLine> said, Func<long> elapsed)
{
    private const int LongestLine = 16 << 20;
    private const int ShownOfLine = 200;

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly OutputTail _errors = new();
    private readonly RunnerDialogue _dialogue = new(job);
    private readonly Lock _gate = new();
    private long _bytes;

    /// <summary>Why the runner must be ended, or null.</summary>
    public InferenceFailure? Violation { get; private set; }

    /// <summary>The end of what the runner wrote to standard error, or null where it wrote nothing.</summary>
    public string? LastOutput => _errors.Text;

    /// <summary>Takes bytes of standard error.</summary>
    /// <returns>False where the runner must be ended.</returns>
    public bool AcceptErrors(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _errors.Add(bytes);
            return Count(bytes.Length);
        }
    }

    /// <summary>Takes bytes of standard output.</summary>
    /// <returns>False where the runner must be ended.</returns>
    public bool AcceptLines(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (!Count(bytes.Length))
            {
                return false;
            }

            int end;
            while (Violation is null && (end = bytes.IndexOf((byte)'\n')) >= 0)
            {
                _line.Write(bytes[..end]);
                EndLine();
                bytes = bytes[(end + 1)..];
            }

            _line.Write(bytes);
            if (_line.WrittenCount > LongestLine)
            {
                Break($"the runner wrote a line of more than {LongestLine >> 20} MiB");
            }

            return Violation is null;
        }
    }

    /// <summary>How the run went, once the runner has ended by itself.</summary>
    /// <returns>The failure, or null where it did what it was asked to.</returns>
    public InferenceFailure? Conclude(RunnerExit exit)
    {
        lock (_gate)
        {
            if (Violation is null && _line.WrittenCount > 0)
            {
                EndLine();
            }

            var failure = Violation ?? _dialogue.Conclude(exit);
            return failure is null ? null : failure with { LastOutput = failure.LastOutput ?? LastOutput };
        }
    }

    private bool Count(int bytes)
    {
        _bytes += bytes;
        if (_bytes > limit)
        {
            Violation ??= new InferenceFailure(
                InferenceFailureKind.OutputLimit, $"the runner wrote more than the {limit} bytes that it may, and was ended", LastOutput);
        }

        return Violation is null;
    }

    private void EndLine()
    {
        var text = Encoding.UTF8.GetString(_line.WrittenSpan).TrimEnd('\r');
        _line.ResetWrittenCount();
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        if (RunnerJson.ReadLine(text) is not { } line)
        {
            var shown = OutputTail.Printable(text[..Math.Min(text.Length, ShownOfLine)]);
            Break($"the runner wrote a line that is none of the contract: {shown}");
        }
        else if (_dialogue.Hear(line, elapsed()) is { } wrong)
        {
            Break(wrong);
        }
        else
        {
            said(line);
        }
    }

    private void Break(string message) => Violation ??= new InferenceFailure(InferenceFailureKind.ContractBroken, message, LastOutput);
}

using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>The command <c>edgebench</c>, as the build made it, as a process of its own.</summary>
internal sealed class CommandProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "edgebench");

    // A shell that starts jobs behind its back hands down that Ctrl-C is ignored.
    private static readonly string[] WithSignals = ["env", "--default-signal=INT"];

    private readonly Lock _gate = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Process _process;

    /// <param name="prefix">A command that replaces itself by the rest of its words, or nothing.</param>
    /// <param name="arguments">The words behind <c>edgebench</c>.</param>
    /// <param name="environment">What is set, or with null not set, for it.</param>
    public CommandProcess(IEnumerable<string> prefix, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment)
    {
        string[] words = [.. prefix, .. WithSignals, Program, .. arguments];
        Line = string.Join(' ', arguments);
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What was typed.</summary>
    public string Line { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it has said.</summary>
    public string Said
    {
        get
        {
            lock (_gate)
            {
                return $"{_error}{_output}";
            }
        }
    }

    /// <summary>Waits until it has said something this many times, be it result or log.</summary>
    public Task SaysAsync(string part, int times = 1) => Condition.HoldsAsync(
        () => Said.Split(part).Length > times,
        $"'{part}' from edgebench {Line}",
        () => HasExited ? $"it ended with exit code {_process.ExitCode}:\n{Said}" : null);

    /// <summary>Sends a signal by its name, as <c>TERM</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {Id.ToString(CultureInfo.InvariantCulture)}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it as the kernel does when memory is short, it alone.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Ends it as systemd does.</summary>
    public async Task TerminateAsync()
    {
        await SignalAsync("TERM");
        Assert.Equal(0, (await ToEndAsync()).ExitCode);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<CommandResult> ToEndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Condition.Limit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"edgebench {Line} has not ended within {Condition.Limit.TotalSeconds:0} s; it said:\n{Said}");
        }

        lock (_gate)
        {
            return new CommandResult(_process.ExitCode, _output.ToString(), _error.ToString());
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Add(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (_gate)
            {
                text.Append(line).Append('\n');
            }
        }
    }
}

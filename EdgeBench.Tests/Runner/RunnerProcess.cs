using System.Diagnostics;
using System.Text.Json;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.Runner;

/// <summary>A job folder of a test's own, and the runner as a real child process on it.</summary>
internal sealed class RunnerProcess : IDisposable
{
    public const string ModelFile = "model.onnx";

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-job-").FullName;

    /// <summary>A quick job; tests change what they are about.</summary>
    public static Job Quick { get; } = new()
    {
        Contract = ContractVersion.Current,
        Mode = JobMode.Measure,
        Model = ModelFile,
        Threads = 1,
        WarmUp = new WarmUpPlan(MinimumRuns: 2, MinimumMilliseconds: 0),
        Timed = new TimedPlan(Runs: 10),
    };

    /// <summary>The program as the build made it.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "edgebench-runner");

    /// <summary>The job folder.</summary>
    public string Folder => _folder;

    public static string Json(Job job) => JsonSerializer.Serialize(job, RunnerJson.Default.Job);

    public RunnerProcess With(string file, ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(Path.Combine(_folder, file), content);
        return this;
    }

    public RunnerProcess With(string jobJson)
    {
        File.WriteAllText(Path.Combine(_folder, Job.FileName), jobJson);
        return this;
    }

    public RunnerProcess With(Job job) => With(Json(job));

    /// <summary>Starts the program; its standard output and error are to be read by the caller.</summary>
    public Process Start(
        string? program = null, string[]? arguments = null, bool endWithStandardInput = false,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program ?? Program, arguments ?? ["onnxruntime", _folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (endWithStandardInput)
        {
            start.Environment[RunnerEnvironment.EndWithStandardInput] = "1";
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs the program to its end.</summary>
    public async Task<RunnerResult> RunAsync(
        string? program = null, string[]? arguments = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var process = Start(program, arguments, environment: environment);
        var diagnostics = process.StandardError.ReadToEndAsync(cancellation);
        var text = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return RunnerResult.Read(text, process.ExitCode, await diagnostics);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>What a runner left behind.</summary>
internal sealed record RunnerResult(IReadOnlyList<RunnerLine> Lines, int ExitCode, string Diagnostics)
{
    public static RunnerResult Read(string output, int exitCode, string diagnostics) => new(
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
            RunnerJson.ReadLine(line) ?? throw new InvalidDataException($"no line of the contract: {line}"))],
        exitCode,
        diagnostics);

    public T The<T>() where T : RunnerLine => Assert.Single(Lines.OfType<T>());

    public byte[] Output(string name) => [.. Lines.OfType<OutputLine>().Where(line => line.Name == name).SelectMany(line => line.Data)];

    /// <summary>The failure, whose code must also be the exit code and whose line must be the last.</summary>
    public FailedLine Failure()
    {
        var failure = Assert.IsType<FailedLine>(Lines[^1]);
        Assert.Equal((int)failure.Code, ExitCode);
        return failure;
    }
}

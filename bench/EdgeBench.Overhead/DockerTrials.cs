using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeBench.Messages.Tasks;
using EdgeBench.RunnerContract;

namespace EdgeBench.Overhead;

/// <summary>Measures by <c>docker run</c>, as somebody would without EdgeBench: the same image, sandbox, model and job.</summary>
internal sealed class DockerTrials : IDisposable
{
    private readonly TimeProvider _time;
    private readonly DirectoryInfo _job = Directory.CreateTempSubdirectory("edgebench-overhead-");
    private readonly string[] _arguments;

    /// <summary>Writes the job folder.</summary>
    /// <param name="image">The image, which the engine holds.</param>
    /// <param name="model">The model as the runner gets it.</param>
    /// <param name="options">How to measure.</param>
    /// <param name="conditions">What EdgeBench measured the same model with.</param>
    /// <param name="time">The clock.</param>
    public DockerTrials(RuntimeImage image, byte[] model, MeasurementOptions options, RunConditions conditions, TimeProvider time)
    {
        _time = time;
        var job = new Job
        {
            Contract = ContractVersion.Current,
            Mode = JobMode.Measure,
            Model = $"model.{image.Runtime.Model}",
            Threads = conditions.Threads,
            Timed = new TimedPlan { Runs = options.Runs },
        };
        File.SetUnixFileMode(_job.FullName, File.GetUnixFileMode(_job.FullName) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.WriteAllBytes(Path.Combine(_job.FullName, job.Model), model);
        File.WriteAllBytes(Path.Combine(_job.FullName, Job.FileName), JsonSerializer.SerializeToUtf8Bytes(job, RunnerJson.Default.Job));
        var memory = (conditions.MemoryLimit ?? 0).ToString(CultureInfo.InvariantCulture);
        _arguments =
        [
            "run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--user", "65532:65532", "--workdir", "/", "--log-driver", "none",
            "--memory", memory, "--memory-swap", memory, "--pids-limit", "256", "--cpuset-cpus", conditions.Cpus ?? "",
            "--ulimit", "nofile=1024", "--ulimit", "nproc=4096", "--ulimit", "core=0",
            "--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=64m,mode=1777",
            "--volume", $"{_job.FullName}:/job:ro",
            "--entrypoint", image.Runtime.Program[0],
            image.Name, .. image.Runtime.Program.Skip(1), "/job",
        ];
    }

    /// <summary>Runs a container and waits for its end.</summary>
    /// <exception cref="InvalidOperationException">It gave no result.</exception>
    public async Task<Trial> RunAsync(CancellationToken cancellationToken)
    {
        var begin = _time.GetTimestamp();
        using var docker = Process.Start(new ProcessStartInfo("docker", _arguments) { RedirectStandardOutput = true })!;
        var lines = new List<RunnerLine>();
        TimeSpan? started = null;
        while (await docker.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } text)
        {
            started ??= _time.GetElapsedTime(begin);
            lines.Add(RunnerJson.ReadLine(text) ?? throw new InvalidOperationException($"the runner said: {text}"));
        }

        await docker.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        var whole = _time.GetElapsedTime(begin);
        if (docker.ExitCode != 0 || started is not { } start || lines is not [.., CompletedLine])
        {
            throw new InvalidOperationException(
                $"docker {string.Join(' ', _arguments)} ended with exit code {docker.ExitCode} and without a result");
        }

        var load = Nanoseconds(lines.OfType<LoadedLine>().Single().Nanoseconds);
        var first = Nanoseconds(lines.OfType<FirstRunLine>().Single().Nanoseconds);
        var runs = Nanoseconds(
            lines.OfType<WarmedUpLine>().Single().Nanoseconds + lines.OfType<SamplesLine>().Sum(line => line.Nanoseconds.Sum()));
        return new Trial(
            whole,
            runs,
            [
                new Phase("create and start the container", start),
                new Phase("load the model", load),
                new Phase("first inference", first),
                new Phase("end, remove the container", whole - start - load - first - runs),
            ]);
    }

    /// <inheritdoc />
    public void Dispose() => _job.Delete(recursive: true);

    private static TimeSpan Nanoseconds(long nanoseconds) => TimeSpan.FromMicroseconds(nanoseconds / 1e3);
}

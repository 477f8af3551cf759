using System.Diagnostics;
using System.Text.Json;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Checking;

/// <summary>What a model computed in a runtime.</summary>
/// <param name="Runtime">The runtime.</param>
/// <param name="Inputs">The model's inputs.</param>
/// <param name="Outputs">The model's outputs.</param>
/// <param name="Values">The elements of each output.</param>
internal sealed record RunnerOutputs(
    RuntimeIdentity Runtime, IReadOnlyList<TensorDescription> Inputs, IReadOnlyList<TensorDescription> Outputs,
    IReadOnlyList<double[]> Values)
{
    /// <summary>
    /// Runs a model once in the program of a runtime's image: a child process, which ends with this one and is given nothing but the job.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="model">The model file.</param>
    /// <param name="inputs">The raw elements of inputs, by name; all others are seeded.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RunnerFailedException">It did not compute the outputs.</exception>
    public static async Task<RunnerOutputs> RunAsync(
        ImageProgram program, string model, IReadOnlyDictionary<string, byte[]> inputs, ulong seed, TimeSpan limit,
        CancellationToken cancellation)
    {
        RunnerOutputs? only = null;
        await RunAsync(program, model, inputs, samples: 1, seed, outputs => only = outputs, limit, cancellation);
        return only!;
    }

    /// <summary>Does the same for several samples, and hands over what came of each as soon as it is there.</summary>
    /// <param name="program">The program.</param>
    /// <param name="model">The model file.</param>
    /// <param name="inputs">The raw elements of inputs, by name, the samples one behind the other; all others are seeded.</param>
    /// <param name="samples">How many samples.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="computed">Gets what was computed for each sample.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RunnerFailedException">It did not compute the outputs.</exception>
    public static async Task RunAsync(
        ImageProgram program, string model, IReadOnlyDictionary<string, byte[]> inputs, int samples, ulong seed,
        Action<RunnerOutputs> computed, TimeSpan limit, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("edgebench-check-").FullName;
        try
        {
            await WriteJobAsync(folder, model, inputs, samples, seed, cancellation);
            using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            timed.CancelAfter(limit);
            await RunAsync(program, folder, samples, computed, timed.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RunnerFailedException(
                $"{program.Runtime.Name} did not run the model within {limit.TotalMinutes:0.#} minutes", isUsable: true);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteJobAsync(
        string folder, string model, IReadOnlyDictionary<string, byte[]> inputs, int samples, ulong seed, CancellationToken cancellation)
    {
        const string Model = "model";
        File.CreateSymbolicLink(Path.Combine(folder, Model), Path.GetFullPath(model));
        var given = new List<JobInput>();
        foreach (var (name, bytes) in inputs)
        {
            given.Add(new JobInput(name, $"input{given.Count}.raw"));
            await File.WriteAllBytesAsync(Path.Combine(folder, given[^1].File), bytes, cancellation);
        }

        var job = new Job
        {
            Contract = ContractVersion.Current,
            Mode = JobMode.Outputs,
            Model = Model,
            Inputs = given,
            Samples = samples,
            Seed = seed,
            Threads = 1,
        };
        await File.WriteAllBytesAsync(
            Path.Combine(folder, Job.FileName), JsonSerializer.SerializeToUtf8Bytes(job, RunnerJson.Default.Job), cancellation);
    }

    private static async Task RunAsync(
        ImageProgram program, string folder, int samples, Action<RunnerOutputs> computed, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program.Path, [.. program.Runtime.Program.Skip(1), folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment.Clear();
        foreach (var (name, value) in program.Runtime.Environment.Append(
            KeyValuePair.Create(RunnerEnvironment.EndWithStandardInput, "1")))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var diagnostics = process.StandardError.ReadToEndAsync(cancellation);
            var seen = await ReadAsync(program, process.StandardOutput, computed, cancellation);
            await process.WaitForExitAsync(cancellation);
            if (seen != samples)
            {
                throw new RunnerFailedException(
                    $"{program.Runtime.Name} ended with exit code {process.ExitCode} while it ran the model: {Tail(await diagnostics)}",
                    isUsable: true);
            }
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Reads the lines to the end.</summary>
    /// <returns>Of how many samples the outputs came; -1 where the last line of success is missing.</returns>
    private static async Task<int> ReadAsync(
        ImageProgram program, StreamReader lines, Action<RunnerOutputs> computed, CancellationToken cancellation)
    {
        var samples = 0;
        StartedLine? started = null;
        LoadedLine? loaded = null;
        var output = new MemoryStream();
        var values = new List<double[]>();
        while (await lines.ReadLineAsync(cancellation) is { } text)
        {
            switch (RunnerJson.ReadLine(text))
            {
                case StartedLine line:
                    started = line;
                    break;
                case LoadedLine line:
                    loaded = line;
                    break;
                case OutputLine line when started is not null && loaded is not null:
                    output.Write(line.Data);
                    if (line.Last)
                    {
                        values.Add(TensorValues.Read(loaded.Outputs[values.Count].Type, output.ToArray()));
                        output.SetLength(0);
                    }

                    if (values.Count == loaded.Outputs.Count)
                    {
                        computed(new RunnerOutputs(started.Runtime, loaded.Inputs, loaded.Outputs, values));
                        values = [];
                        samples++;
                    }

                    break;
                case FailedLine line:
                    throw new RunnerFailedException($"{program.Runtime.Name}: {line.Message}", line.Code != FailureCode.RuntimeNotUsable);
                case CompletedLine:
                    return samples;
            }
        }

        return -1;
    }

    private static string Tail(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length == 0 ? "it said nothing" : line[^Math.Min(line.Length, 300)..];
    }
}

/// <summary>A runtime did not compute a model's outputs.</summary>
/// <param name="message">Why.</param>
/// <param name="isUsable">Whether the runtime itself starts on this machine, so that it is the model's matter.</param>
internal sealed class RunnerFailedException(string message, bool isUsable) : Exception(message)
{
    /// <summary>Whether the runtime itself starts on this machine.</summary>
    public bool IsUsable { get; } = isUsable;
}

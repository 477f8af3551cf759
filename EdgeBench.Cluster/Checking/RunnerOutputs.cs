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
        var folder = Directory.CreateTempSubdirectory("edgebench-check-").FullName;
        try
        {
            await WriteJobAsync(folder, model, inputs, seed, cancellation);
            using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            timed.CancelAfter(limit);
            return await RunAsync(program, folder, timed.Token);
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
        string folder, string model, IReadOnlyDictionary<string, byte[]> inputs, ulong seed, CancellationToken cancellation)
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
            Seed = seed,
            Threads = 1,
        };
        await File.WriteAllBytesAsync(
            Path.Combine(folder, Job.FileName), JsonSerializer.SerializeToUtf8Bytes(job, RunnerJson.Default.Job), cancellation);
    }

    private static async Task<RunnerOutputs> RunAsync(ImageProgram program, string folder, CancellationToken cancellation)
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
            var outputs = await ReadAsync(program, process.StandardOutput, cancellation);
            await process.WaitForExitAsync(cancellation);
            return outputs ?? throw new RunnerFailedException(
                $"{program.Runtime.Name} ended with exit code {process.ExitCode} while it ran the model: {Tail(await diagnostics)}",
                isUsable: true);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<RunnerOutputs?> ReadAsync(ImageProgram program, StreamReader lines, CancellationToken cancellation)
    {
        StartedLine? started = null;
        LoadedLine? loaded = null;
        List<MemoryStream> outputs = [new()];
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
                case OutputLine line:
                    outputs[^1].Write(line.Data);
                    if (line.Last)
                    {
                        outputs.Add(new MemoryStream());
                    }

                    break;
                case FailedLine line:
                    throw new RunnerFailedException($"{program.Runtime.Name}: {line.Message}", line.Code != FailureCode.RuntimeNotUsable);
                case CompletedLine when started is not null && loaded is not null && loaded.Outputs.Count == outputs.Count - 1:
                    return new RunnerOutputs(
                        started.Runtime, loaded.Inputs, loaded.Outputs,
                        [.. loaded.Outputs.Select((output, index) => TensorValues.Read(output.Type, outputs[index].ToArray()))]);
            }
        }

        return null;
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

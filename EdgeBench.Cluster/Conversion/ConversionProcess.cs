using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeBench.Messages.Nodes;

namespace EdgeBench.Cluster.Conversion;

/// <summary>
/// Converts a model in a process of its own (<see cref="ConversionProgram"/>), so that one that needs too much memory, or makes a reader
/// fall over, takes down nothing else.
/// </summary>
internal sealed class ConversionProcess
{
    // What .NET itself has beside the managed heap: code, stacks, its own structures.
    private const long BesideHeap = 256 << 20;

    private const long GreatestMemory = 4L << 30;

    // That the conversions at once (ConversionSettings.Workers) leave the rest of the machine something.
    private const double ShareOfMachine = 3.0 / 8;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>The greatest memory of one conversion, with the programs of runtimes that it starts, in bytes.</summary>
    public long MaximumBytes { get; init; } =
        (long)Math.Min(GreatestMemory, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * ShareOfMachine);

    /// <summary>The program; it lies beside this one.</summary>
    public string Program { get; init; } = Path.Combine(AppContext.BaseDirectory, "edgebench");

    /// <summary>Converts a model. Blocks until that is done.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="folder">A folder of its own, to which the files are written.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ConversionRefusedException">The model is not accepted.</exception>
    /// <exception cref="ConversionEndedException">It needs too much memory, ended by itself, or fell over the model.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ConvertedFiles Run(ConversionRequest request, string folder, CancellationToken cancellation)
    {
        File.WriteAllBytes(
            Path.Combine(folder, ConversionRequest.FileName),
            JsonSerializer.SerializeToUtf8Bytes(request, ConversionJson.Default.ConversionRequest));
        using var process = Start(folder);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            Watch(process, cancellation);
        }
        finally
        {
            // With the programs of runtimes under it, which measure ranges for it.
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        if (process.ExitCode != 0)
        {
            throw new ConversionEndedException(WhyEnded(process.ExitCode, errors.GetAwaiter().GetResult()));
        }

        var answer = JsonSerializer.Deserialize(
            File.ReadAllBytes(Path.Combine(folder, ConversionAnswer.FileName)), ConversionJson.Default.ConversionAnswer)!;
        return answer switch
        {
            { Refusal: { } refusal } => throw new ConversionRefusedException(refusal),
            { Problem: { } problem } => throw new ConversionEndedException(problem),
            _ => answer.Converted!,
        };
    }

    private Process Start(string folder)
    {
        var start = new ProcessStartInfo(Program, [ConversionProgram.Word, folder])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        // It has no use for the server's secrets.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("EDGEBENCH_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        // What it and its programs leave where they are killed goes with the folder.
        start.Environment["TMPDIR"] = folder;
        start.Environment["DOTNET_GCHeapHardLimit"] = MaximumBytes.ToString("x", CultureInfo.InvariantCulture);
        try
        {
            var process = Process.Start(start)!;
            PreferAsVictim(process);
            return process;
        }
        catch (Win32Exception problem)
        {
            throw new ConversionEndedException($"the program that converts it does not start: {problem.Message}");
        }
    }

    /// <summary>Waits until the process ends.</summary>
    private void Watch(Process process, CancellationToken cancellation)
    {
        while (!process.WaitForExit(LookEvery))
        {
            cancellation.ThrowIfCancellationRequested();
            if (ProcessTable.ResidentBytesOfTree(process.Id) > MaximumBytes + BesideHeap)
            {
                throw new ConversionEndedException(TooMuch);
            }
        }
    }

    private string WhyEnded(int exitCode, string errors)
    {
        var said = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var isShort = said.Any(line => line.Contains("OutOfMemory", StringComparison.Ordinal)
            || line.StartsWith("Out of memory", StringComparison.Ordinal));
        return isShort
            ? TooMuch
            : $"the process that converted it ended by itself (exit code {exitCode}){(said.Length > 0 ? $": {said[0]}" : "")}";
    }

    private string TooMuch => $"it needs more memory than a conversion may have here ({MaximumBytes >> 20} MB)";

    // Where the machine runs out of memory, the kernel ends this process and not the server.
    private static void PreferAsVictim(Process process)
    {
        try
        {
            File.WriteAllText($"/proc/{process.Id}/oom_score_adj", "1000");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended already, or there is no /proc.
        }
    }
}

/// <summary>A model that is not accepted; the message says why and what to do.</summary>
internal sealed class ConversionRefusedException(string message) : Exception(message);

/// <summary>A conversion that failed for another reason than that the model is not accepted.</summary>
internal sealed class ConversionEndedException(string message) : Exception(message);

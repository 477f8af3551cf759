using System.ComponentModel;
using System.Diagnostics;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>A program of this machine that a build needs, run to its end.</summary>
internal static class BuildCommand
{
    /// <summary>Runs a program.</summary>
    /// <param name="program">The program: a path, or a name that is looked for on PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">The folder that it runs in.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="progress">Gets each line that it prints, indented; or null.</param>
    /// <param name="cancellation">Ends it with all that it started.</param>
    /// <returns>Its exit code and the lines that it printed.</returns>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    public static async Task<(int ExitCode, IReadOnlyList<string> Lines)> RunAsync(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment,
        IProgress<string>? progress, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var lines = new List<string>();
        void Take(string? line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                return;
            }

            lock (lines)
            {
                lines.Add(line.Trim());
            }

            progress?.Report("  " + line.Trim());
        }

        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, data) => Take(data.Data);
        process.ErrorDataReceived += (_, data) => Take(data.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, lines);
    }
}

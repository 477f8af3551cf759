using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeBench.Conversion;

/// <summary>One run of a command, from its start to its end.</summary>
/// <param name="Seconds">How long it took.</param>
/// <param name="PeakMiB">The most memory that was resident.</param>
internal sealed partial record ChildRun(double Seconds, double PeakMiB)
{
    private const int Children = -1;

    /// <summary>Runs a command in a process that has no other children.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static ChildRun Of(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["one", "--", .. command])
        {
            RedirectStandardOutput = true,
        })!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && line.Split(' ') is [var seconds, var peak]
            ? new ChildRun(
                double.Parse(seconds, CultureInfo.InvariantCulture), double.Parse(peak, CultureInfo.InvariantCulture) / 1024)
            : throw new InvalidOperationException($"{string.Join(' ', command)} failed");
    }

    /// <summary>What the process for one run does.</summary>
    /// <returns>The exit code of the command.</returns>
    public static int Measure(string[] command)
    {
        var start = Stopwatch.GetTimestamp();
        using var child = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (GetUsage(Children, out var usage) != 0)
        {
            throw new InvalidOperationException("the system does not tell the memory of a child");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {usage.PeakKiB}"));
        return child.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, out Usage usage);

    /// <summary><c>struct rusage</c> of Linux on 64 bits.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    private struct Usage
    {
        [FieldOffset(32)]
        public long PeakKiB;
    }
}

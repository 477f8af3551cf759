using System.ComponentModel;
using System.Diagnostics;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>The programs that are installed on this machine.</summary>
internal sealed class InstalledTools : IBoardTools
{
    // They ask a driver and answer at once; one that hangs must not hold up a measurement.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public Fact<string> Output(string program, params IReadOnlyList<string> arguments)
    {
        var command = $"'{string.Join(' ', [program, .. arguments])}'";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return Fact.Missing<string>($"{command} did not end within {Patience.TotalSeconds:0} s");
            }

            var text = output.GetAwaiter().GetResult().Trim();
            return process.ExitCode == 0 && text != "" ? Fact.Known(text) : Fact.Missing<string>(
                $"{command} ended with exit code {process.ExitCode}: {FirstLine(errors.GetAwaiter().GetResult(), text)}");
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException)
        {
            return Fact.Missing<string>($"{program} is not installed, or this user may not run it");
        }
    }

    private static string FirstLine(params IEnumerable<string> texts) =>
        texts.SelectMany(text => text.Split('\n')).Select(line => line.Trim()).FirstOrDefault(line => line != "") ?? "it printed nothing";
}

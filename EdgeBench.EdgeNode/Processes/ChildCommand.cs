using System.ComponentModel;
using System.Diagnostics;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Processes;

/// <summary>
/// The command that starts a runner on its CPUs, to end with its parent, and without a way to more privileges. The tools are of util-linux
/// and replace themselves by what they start, so the process is the runner in the end.
/// </summary>
internal sealed class ChildCommand
{
    private static readonly string[] ParentDeath = ["setpriv", "--pdeathsig", "KILL", "--no-new-privs"];

    private readonly Lazy<Task<bool>> _knowsParentDeath = new(ProbeAsync);

    public async Task<ProcessStartInfo> DescribeAsync(
        IReadOnlyList<string> program, IReadOnlyList<string> environment, CpuSet cpus, string jobFolder, string scratch)
    {
        // Before util-linux 2.33 setpriv has no parent-death signal. Runners of the contract also end with their standard input.
        var parentDeath = await _knowsParentDeath.Value.ConfigureAwait(false) ? ParentDeath : [];
        List<string> command = ["taskset", "-c", cpus.ToString(), .. parentDeath, .. program, jobFolder];
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = scratch,
        };

        // Nothing of our own environment, where secrets may be.
        info.Environment.Clear();
        foreach (var variable in environment)
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                info.Environment[variable[..equals]] = variable[(equals + 1)..];
            }
        }

        // The image's own values of these name folders of the image.
        info.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        info.Environment["HOME"] = scratch;
        info.Environment["TMPDIR"] = scratch;
        info.Environment[RunnerEnvironment.EndWithStandardInput] = "1";
        return info;
    }

    /// <summary>The failure where the command cannot be started.</summary>
    public static InferenceFailedException NotStarted(Exception problem) => new(
        InferenceFailureKind.NotStarted,
        $"the runner cannot be started as a process: {problem.Message}; the tool taskset of the package util-linux is needed",
        problem);

    private static async Task<bool> ProbeAsync()
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(ParentDeath[0], [.. ParentDeath.Skip(1), "true"]) { RedirectStandardError = true })!;
            await process.StandardError.ReadToEndAsync().ConfigureAwait(false);
            await process.WaitForExitAsync().ConfigureAwait(false);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}

using System.Runtime.InteropServices;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Hosting;

/// <summary>How the program is ended from outside.</summary>
internal static class Termination
{
    private const int Terminated = 128 + 15;

    /// <summary>
    /// Ends the process at once on SIGTERM, which the kernel would not do for process 1 of a container, and, where the environment asks for
    /// it, when the standard input ends.
    /// </summary>
    /// <returns>To be held as long as the signal shall be obeyed.</returns>
    public static IDisposable Obey()
    {
        if (Environment.GetEnvironmentVariable(RunnerEnvironment.EndWithStandardInput) == "1")
        {
            new Thread(EndWithStandardInput, maxStackSize: 128 * 1024) { IsBackground = true, Name = "standard input" }.Start();
        }

        return PosixSignalRegistration.Create(PosixSignal.SIGTERM, static _ => SystemCalls.ExitNow(Terminated));
    }

    private static void EndWithStandardInput()
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (input.Read(buffer) > 0)
        {
        }

        SystemCalls.ExitNow(Terminated);
    }
}

using System.Runtime.InteropServices;
using EdgeBench.EdgeNode.Facts;

namespace EdgeBench.EdgeNode.Calibration;

/// <summary>Threads of this process on chosen CPUs.</summary>
internal static partial class ThreadAffinity
{
    // As large as the kernel's largest mask.
    private const int MaskBytes = 8192 / 8;

    /// <summary>Puts the calling thread on the given CPUs.</summary>
    /// <returns>Whether the system allowed it: a CPU may be outside what this process may use, or offline.</returns>
    public static bool TrySet(CpuSet cpus)
    {
        var mask = new byte[MaskBytes];
        foreach (var cpu in cpus.Cpus)
        {
            mask[cpu / 8] |= (byte)(1 << (cpu % 8));
        }

        // Process 0 is the calling thread.
        return SetAffinity(0, (nuint)mask.Length, mask) == 0;
    }

    /// <summary>Runs something on a thread of its own on the given CPUs, or on any where the system does not allow those.</summary>
    public static Task<T> RunAsync<T>(CpuSet cpus, Func<T> work, string name)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            TrySet(cpus);
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException canceled)
            {
                done.SetCanceled(canceled.CancellationToken);
            }
            catch (Exception problem)
            {
                done.SetException(problem);
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
        return done.Task;
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int process, nuint size, byte[] mask);
}

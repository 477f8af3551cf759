using System.Collections.Concurrent;
using System.Diagnostics;

namespace EdgeBench.EdgeNode.Processes;

/// <summary>
/// Starts child processes on a thread that lives as long as this object: the kernel sends the parent-death signal when the <em>thread</em>
/// ends that started the child, and threads of a pool end when they are idle.
/// </summary>
internal sealed class ChildLauncher : IDisposable
{
    private readonly BlockingCollection<Launch> _launches = [];

    public ChildLauncher() => new Thread(Work) { IsBackground = true, Name = "child processes" }.Start();

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public Task<Process> StartAsync(ProcessStartInfo info)
    {
        var launch = new Launch(info, new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously));
        _launches.Add(launch);
        return launch.Started.Task;
    }

    public void Dispose() => _launches.CompleteAdding();

    private void Work()
    {
        foreach (var launch in _launches.GetConsumingEnumerable())
        {
            var process = new Process { StartInfo = launch.Info };
            try
            {
                process.Start();
                launch.Started.SetResult(process);
            }
            catch (Exception problem) when (problem is System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                process.Dispose();
                launch.Started.SetException(problem);
            }
        }
    }

    private sealed record Launch(ProcessStartInfo Info, TaskCompletionSource<Process> Started);
}

using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Nodes;

namespace EdgeBench.EdgeNode.Processes;

/// <summary>Ends the child processes that an earlier process of the same data folder left.</summary>
internal static class ChildSweep
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    /// <param name="folder">The folder of the children's folders.</param>
    /// <param name="cancellation">Ends the wait for their end.</param>
    public static async Task<SweepResult> RunAsync(string folder, CancellationToken cancellation)
    {
        var removed = new List<string>();
        InferenceFailure? failure = null;
        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            try
            {
                if (await EndAsync(child, cancellation).ConfigureAwait(false) is { } attempt)
                {
                    removed.Add(attempt);
                }

                Directory.Delete(child, recursive: true);
            }
            catch (Exception problem) when (problem is Win32Exception or IOException or UnauthorizedAccessException or TimeoutException)
            {
                failure = new InferenceFailure(
                    InferenceFailureKind.Lost, $"a runner that an earlier edge node left cannot be ended, see {child}: {problem.Message}");
            }
        }

        return new SweepResult(removed, failure);
    }

    private static async Task<string?> EndAsync(string child, CancellationToken cancellation)
    {
        if (Read(Path.Combine(child, ChildFolder.RecordFile)) is not { } record || record.BootId != MachineBoot.Current || !Runs(record))
        {
            return null;
        }

        using (var process = Process.GetProcessById(record.Pid))
        {
            process.Kill(entireProcessTree: true);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(EndLimit);
        while (Runs(record))
        {
            // It is no child of this process, so there is nothing to wait on.
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token).ConfigureAwait(false);
        }

        return record.Attempt;
    }

    private static bool Runs(ChildRecord record) => ProcessTable.StartTicks(record.Pid) == record.StartTicks;

    private static ChildRecord? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), EdgeNodeJson.Default.ChildRecord);
        }
        catch (Exception problem) when (problem is FileNotFoundException or JsonException)
        {
            // The edge node died before it wrote whom it had started; then the parent-death signal is what ended the child.
            return null;
        }
    }
}

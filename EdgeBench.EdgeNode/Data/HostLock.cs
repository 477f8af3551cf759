namespace EdgeBench.EdgeNode.Data;

/// <summary>One measurement a host at a time, whichever process, user or data folder it belongs to.</summary>
/// <param name="path">The file that stands for the host.</param>
/// <param name="time">The clock of the waiting.</param>
public sealed class HostLock(string path, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The file that all EdgeBench processes of this host agree on.</summary>
    public static string DefaultPath { get; } =
        Path.Combine(Directory.Exists("/run/lock") ? "/run/lock" : Path.GetTempPath(), "edgebench-measurement.lock");

    /// <summary>Waits until no other measurement runs on this host.</summary>
    /// <param name="waiting">Called once where there is something to wait for.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The lock; the next measurement may begin when it is disposed of, or when this process has died.</returns>
    /// <exception cref="DataFolderException">The lock's file cannot be made or opened.</exception>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public async Task<IDisposable> TakeAsync(Action waiting, CancellationToken cancellation)
    {
        for (var first = true; ; first = false)
        {
            if (TryTake() is { } taken)
            {
                return taken;
            }

            if (first)
            {
                waiting();
            }

            await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
        }
    }

    private FileStream? TryTake()
    {
        const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        try
        {
            return FileLock.TryTake(path, Everybody);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException(
                $"the lock that keeps measurements on this host apart, {path}, cannot be used: {problem.Message}", problem);
        }
    }
}

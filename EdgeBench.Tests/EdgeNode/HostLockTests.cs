using System.Diagnostics;
using EdgeBench.EdgeNode.Data;
using Microsoft.Extensions.Time.Testing;

namespace EdgeBench.Tests.EdgeNode;

public sealed class HostLockTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"edgebench-test-{Guid.NewGuid():n}.lock");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task The_second_waits_until_the_first_is_done()
    {
        var hostLock = new HostLock(_file, TimeProvider.System);
        var waiting = new TaskCompletionSource();
        var first = await hostLock.TakeAsync(() => Assert.Fail("nobody has it"), Cancellation);

        var second = hostLock.TakeAsync(waiting.SetResult, Cancellation);
        await waiting.Task.WaitAsync(Cancellation);
        Assert.False(second.IsCompleted);
        first.Dispose();

        (await second.WaitAsync(Cancellation)).Dispose();
    }

    [Fact]
    public async Task Waiting_can_be_ended()
    {
        var hostLock = new HostLock(_file, new FakeTimeProvider());
        using var first = await hostLock.TakeAsync(() => { }, Cancellation);
        using var stop = new CancellationTokenSource();

        var second = hostLock.TakeAsync(stop.Cancel, stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task Another_process_is_kept_out_and_may_belong_to_another_user()
    {
        var hostLock = new HostLock(_file, TimeProvider.System);
        using (await hostLock.TakeAsync(() => { }, Cancellation))
        {
            Assert.Equal(1, await TryInShellAsync());
        }

        Assert.Equal(0, await TryInShellAsync());
        Assert.True(File.GetUnixFileMode(_file).HasFlag(UnixFileMode.OtherRead));
    }

    [Fact]
    public async Task A_lock_that_cannot_be_made_is_told_by_its_path()
    {
        var hostLock = new HostLock("/proc/none/edgebench.lock", TimeProvider.System);

        var problem = await Assert.ThrowsAsync<DataFolderException>(() => hostLock.TakeAsync(() => { }, Cancellation));

        Assert.Contains("/proc/none/edgebench.lock", problem.Message, StringComparison.Ordinal);
    }

    private async Task<int> TryInShellAsync()
    {
        using var process = Process.Start("flock", ["--exclusive", "--nonblock", _file, "true"]);
        await process.WaitForExitAsync(Cancellation);
        return process.ExitCode;
    }
}

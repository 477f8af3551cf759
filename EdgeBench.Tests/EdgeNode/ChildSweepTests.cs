using System.Diagnostics;
using System.Text.Json;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.EdgeNode.Processes;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Nodes;

namespace EdgeBench.Tests.EdgeNode;

public sealed class ChildSweepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-test-").FullName;
    private readonly Process _left = Process.Start("sleep", ["1000"]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _left.Kill();
        _left.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_recorded_child_that_still_runs_is_ended()
    {
        Record(new ChildRecord("task/cell/1", _left.Id, ProcessTable.StartTicks(_left.Id)!.Value, MachineBoot.Current));

        var swept = await ChildSweep.RunAsync(_folder, Cancellation);

        Assert.Null(swept.Failure);
        Assert.Equal(["task/cell/1"], swept.Removed);
        await _left.WaitForExitAsync(Cancellation);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(0, true)]
    public async Task Another_process_that_has_the_pid_now_is_left_alone(int ticks, bool otherBoot)
    {
        Record(new ChildRecord(
            "task/cell/1", _left.Id, ProcessTable.StartTicks(_left.Id)!.Value + ticks, otherBoot ? "another boot" : MachineBoot.Current));

        var swept = await ChildSweep.RunAsync(_folder, Cancellation);

        Assert.Empty(swept.Removed);
        Assert.False(_left.HasExited);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{")]
    public async Task A_folder_without_a_readable_record_is_removed(string? record)
    {
        var child = Directory.CreateDirectory(Path.Combine(_folder, "child")).FullName;
        if (record is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(child, ChildFolder.RecordFile), record, Cancellation);
        }

        var swept = await ChildSweep.RunAsync(_folder, Cancellation);

        Assert.Null(swept.Failure);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    private void Record(ChildRecord record)
    {
        var child = Directory.CreateDirectory(Path.Combine(_folder, "child")).FullName;
        File.WriteAllText(Path.Combine(child, ChildFolder.RecordFile), JsonSerializer.Serialize(record, EdgeNodeJson.Default.ChildRecord));
    }
}

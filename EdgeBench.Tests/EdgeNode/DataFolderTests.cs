using EdgeBench.EdgeNode.Data;

namespace EdgeBench.Tests.EdgeNode;

public sealed class DataFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-test-").FullName;

    private string Data => Path.Combine(_folder, "deep", "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_identity_is_made_once_and_kept()
    {
        Guid identity;
        using (var first = DataFolder.Open(Data))
        {
            identity = first.Identity;
        }

        using var second = DataFolder.Open(Data);

        Assert.Equal(identity, second.Identity);
        Assert.NotEqual(Guid.Empty, identity);
    }

    [Fact]
    public void A_folder_in_use_is_refused_with_what_to_do()
    {
        using var first = DataFolder.Open(Data);

        var refusal = Assert.Throws<DataFolderException>(() => DataFolder.Open(Data));

        Assert.Contains("in use by another edge node", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_identity_is_never_replaced_by_another()
    {
        DataFolder.Open(Data).Dispose();
        File.WriteAllText(Path.Combine(Data, "identity"), "");

        var refusal = Assert.Throws<DataFolderException>(() => DataFolder.Open(Data));

        Assert.Contains("identity", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(Path.Combine(Data, "identity")));
    }

    [Fact]
    public void A_path_that_is_a_file_is_refused_by_its_name()
    {
        File.WriteAllText(Path.Combine(_folder, "file"), "");

        var refusal = Assert.Throws<DataFolderException>(() => DataFolder.Open(Path.Combine(_folder, "file")));

        Assert.Contains(Path.Combine(_folder, "file"), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused_with_what_to_do()
    {
        // Root passes over permissions, but not over the kernel's own file system.
        var refusal = Assert.Throws<DataFolderException>(() => DataFolder.Open("/proc/edgebench"));

        Assert.Contains("/proc/edgebench", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_is_told_as_one()
    {
        var full = new IOException("write", new IOException("No space left on device", 28));

        Assert.Contains("is full; free some space", DataFolderException.Describe("/data", full), StringComparison.Ordinal);
        Assert.False(DurableFile.IsDiskFull(new IOException("other", 5)));
        var real = Assert.ThrowsAny<IOException>(() =>
        {
            using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            file.Write([1]);
            file.Flush();
        });
        Assert.True(DurableFile.IsDiskFull(real));
    }
}

using System.IO.Compression;
using EdgeBench.Models;
using EdgeBench.Models.Containers;

namespace EdgeBench.Tests.Models;

/// <summary>How much of a file is taken at most; what is beyond is refused by name, before it costs anything.</summary>
public sealed class ReadingLimitTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void An_architecture_that_is_too_long_is_not_read()
    {
        var path = _scratch.File("long.json");
        using (var file = File.Create(path))
        {
            file.Write("{"u8);
            file.SetLength(KerasJson.MaximumBytes + 1);
        }

        Assert.Contains("is longer than 64 MB", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_that_is_too_deep_is_refused()
    {
        var path = _scratch.File("deep.json");
        File.WriteAllText(path, $"{{\"a\":{new string('[', 300)}{new string(']', 300)}}}");

        Assert.Contains("is not valid JSON", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_with_too_many_objects_is_refused()
    {
        var path = _scratch.File("many.json");
        File.WriteAllText(path, $"[{string.Join(',', Enumerable.Repeat("{}", 500_001))}]");

        Assert.Contains("holds more than 500000 JSON objects", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_are_nested_too_deep_are_refused()
    {
        var model = """{"class_name":"Dense","config":{"name":"d","units":1}}""";
        for (var depth = 0; depth < 70; depth++)
        {
            model = $$$"""{"class_name":"Sequential","config":{"name":"s{{{depth}}}","layers":[{{{model}}}]}}""";
        }

        var path = _scratch.File("nested.json");
        File.WriteAllText(path, model);

        Assert.Matches("nested more than [0-9]+ deep|is not valid JSON", Refusal(path));
    }

    [Fact]
    public void An_archive_with_too_many_members_is_refused()
    {
        var path = _scratch.File("members.keras");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            for (var i = 0; i <= 10_000; i++)
            {
                zip.CreateEntry($"m{i}");
            }
        }

        Assert.Contains("the archive holds 10001 members", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_whose_name_leads_out_of_the_archive_is_written_nowhere()
    {
        var path = _scratch.File("inside.keras");
        File.Copy(Repository.Fixture("formats", "k3.keras"), path);
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            using var writer = new StreamWriter(zip.CreateEntry("../outside").Open());
            writer.Write("out");
        }

        Model.Read(path, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal([path], Directory.EnumerateFileSystemEntries(_scratch.Path));
        Assert.False(File.Exists(Path.Combine(_scratch.Path, "..", "outside")));
    }

    [Theory]
    [InlineData("GCOL\u0001\0\0\0", 8, 0)]
    [InlineData("GCOL\u0001\0\0\0", 24, 0)]
    [InlineData("GCOL\u0001\0\0\0", 24, 1)]
    [InlineData("HEAP\0\0\0\0", 8, 0)]
    [InlineData("HEAP\0\0\0\0", 8, 1)]
    public void A_heap_that_declares_more_than_the_file_holds_is_refused_before_anything_is_allocated(
        string signature, int place, byte reserved)
    {
        var bytes = File.ReadAllBytes(Repository.Fixture("formats", "k2.h5"));
        var heap = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(signature));
        BitConverter.TryWriteBytes(bytes.AsSpan(heap + place), 0x6000_0000L);
        bytes[heap + 5] = reserved;
        var path = _scratch.File("heap.h5");
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("declares more than the file holds", Refusal(path), StringComparison.Ordinal);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void An_attribute_that_declares_more_than_the_file_holds_is_refused_before_anything_is_allocated()
    {
        var bytes = File.ReadAllBytes(Repository.Fixture("formats", "k2.h5"));
        // The name begins 8 bytes into the message and is filled up to 16, as the type behind it is to 24; the space's size stands at its 8.
        var name = bytes.AsSpan().IndexOf("layer_names\0"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(name + 16 + 24 + 8), 0x0600_0000L);
        var path = _scratch.File("attribute.h5");
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("an attribute of the HDF5 file declares more than the file holds", Refusal(path), StringComparison.Ordinal);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void A_fill_value_that_declares_more_than_the_file_holds_is_refused_before_anything_is_allocated()
    {
        var bytes = File.ReadAllBytes(Repository.Fixture("formats", "k2.h5"));
        // The message's type, its size and flags; then version 2, which is allocated late and written if set, and has a value.
        var message = bytes.AsSpan().IndexOf<byte>([5, 0, 8, 0, 1, 0, 0, 0, 2, 2, 2, 1]);
        BitConverter.TryWriteBytes(bytes.AsSpan(message + 12), 0x6000_0000);
        var path = _scratch.File("fill.h5");
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("a fill value of the HDF5 file declares more than the file holds", Refusal(path), StringComparison.Ordinal);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    private static string Refusal(string path) => Assert.Throws<ModelNotAcceptedException>(
        () => Model.Read(path, cancellationToken: TestContext.Current.CancellationToken)).Message;
}

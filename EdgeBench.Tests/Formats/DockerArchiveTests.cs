using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeBench.Formats.Images;
using EdgeBench.Tests.Cluster;

namespace EdgeBench.Tests.Formats;

public sealed class DockerArchiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Archive => Path.Combine(_folder.Path, "image.tar");

    private string Target => Path.Combine(_folder.Path, "target");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Layers_lie_over_one_another_and_hide_what_they_say()
    {
        Write(
            [
                Layer(("app/kept", "1"), ("app/replaced", "old"), ("app/hidden", ""), ("app/folder/a", ""), ("etc/other", "")),
                Layer(("./app/replaced", "new"), ("app/.wh.hidden", ""), ("app/folder/.wh..wh..opq", ""), ("app/folder/b", "2")),
            ]);

        using var image = Open();

        Assert.Equal(("mine:1", "arm64"), (image.Name, image.Architecture));
        Assert.Equal(["A=1"], image.Environment);
        Assert.Equal(["app/folder/b", "app/kept", "app/replaced", "etc/other"], image.CheckLayers().Order(StringComparer.Ordinal));
        Directory.CreateDirectory(Target);
        image.Extract("/app", Target, TestContext.Current.CancellationToken);
        Assert.Equal(
            ["folder/b=2", "kept=1", "replaced=new"],
            from file in Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories)
            let line = $"{Path.GetRelativePath(Target, file)}={File.ReadAllText(file)}"
            orderby line
            select line);
    }

    [Fact]
    public void Layers_that_an_engine_compressed_or_that_share_one_file_are_read_alike()
    {
        var layer = Layer(("app/file", "1"));
        using (var compressed = new MemoryStream())
        {
            using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(layer);
            }

            Write([layer, layer, layer], tar =>
            {
                Add(tar, "0.tar", compressed.ToArray());
                tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "1.tar") { LinkName = "0.tar" });
                tar.WriteEntry(new UstarTarEntry(TarEntryType.HardLink, "2.tar") { LinkName = "0.tar" });
            });
        }

        using var image = Open();

        Assert.Equal(["app/file"], image.CheckLayers());
        Directory.CreateDirectory(Target);
        image.Extract("/app", Target, TestContext.Current.CancellationToken);
        Assert.Equal("1", File.ReadAllText(Path.Combine(Target, "file")));
    }

    [Theory]
    [InlineData("app/../../out", null, "leaves its folder")]
    [InlineData("app/link", "../../out", "link out of /app")]
    [InlineData("app/link", "/etc/passwd", "link out of /app")]
    public void Nothing_is_put_outside_of_the_folder(string path, string? link, string reason)
    {
        Write(
            [
                link is null
                    ? Layer((path, "1"))
                    : Tar(tar => tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, path) { LinkName = link })),
            ]);
        Directory.CreateDirectory(Target);
        using var image = Open();

        var refused = Assert.Throws<InvalidDataException>(
            () => image.Extract("/app", Target, TestContext.Current.CancellationToken));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Archive, refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Target));
    }

    [Fact]
    public void What_is_no_image_or_another_than_it_says_is_told_by_its_name()
    {
        File.WriteAllText(Archive, "no tar");
        Refused(Open, "is no image as 'docker save' writes it");
        File.WriteAllBytes(Archive, Layer(("manifest.json", "[{},{}]")));
        Refused(Open, "several images");
        File.WriteAllBytes(Archive, Layer(("manifest.json", """[{ "Layers": [], "Config": "c.json" }]""")));
        Refused(Open, "holds no c.json");
        Write([Layer(("app/file", "1"))], tar => Add(tar, "0.tar", Layer(("app/file", "2"))));
        using var image = Open();
        Refused(() => image.CheckLayers(), "a layer is not " + image.DiffIds[0]);
    }

    private DockerArchive Open() => DockerArchive.Open(Archive, TestContext.Current.CancellationToken);

    private void Refused(Func<object> read, string reason)
    {
        var refused = Assert.Throws<InvalidDataException>(read);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Archive, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Writes an image of these layers, whose files are named by their number.</summary>
    private void Write(IReadOnlyList<byte[]> layers, Action<TarWriter>? files = null) => File.WriteAllBytes(Archive, Tar(tar =>
    {
        Add(tar, "manifest.json", JsonSerializer.SerializeToUtf8Bytes(new[]
        {
            new { Config = "c.json", RepoTags = new[] { "mine:1" }, Layers = layers.Select((_, number) => $"{number}.tar") },
        }));
        Add(tar, "c.json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "arm64",
            config = new { Env = new[] { "A=1" } },
            rootfs = new { diff_ids = layers.Select(layer => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(layer))) },
        }));
        if (files is not null)
        {
            files(tar);
            return;
        }

        for (var number = 0; number < layers.Count; number++)
        {
            Add(tar, $"{number}.tar", layers[number]);
        }
    }));

    private static byte[] Layer(params (string Path, string Text)[] files) => Tar(tar =>
    {
        foreach (var (path, text) in files)
        {
            Add(tar, path, Encoding.UTF8.GetBytes(text));
        }
    });

    private static byte[] Tar(Action<TarWriter> write)
    {
        using var content = new MemoryStream();
        using (var tar = new TarWriter(content, TarEntryFormat.Ustar, leaveOpen: true))
        {
            write(tar);
        }

        return content.ToArray();
    }

    private static void Add(TarWriter tar, string path, byte[] content)
    {
        using var stream = new MemoryStream(content);
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = stream });
    }
}

using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Text;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Cluster;

namespace EdgeBench.Tests.Runtimes;

/// <summary>What is wrong with a runtime that somebody adds is told in one line, before a device hears of it.</summary>
public sealed class AddedRuntimesTests : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryFolder _folder = new();

    public AddedRuntimesTests()
    {
        Write("manifest.json", Manifest());
        Write("run.sh", "#!/app/sh\n", Executable);
        Write("sh", "not a program, but not looked into either", Executable);
    }

    private AddedRuntimes Runtimes => new(Path.Combine(_folder.Path, "added"), ["onnxruntime"]);

    private string Source => Directory.CreateDirectory(Path.Combine(_folder.Path, "mine")).FullName;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_beside_the_manifest_goes_into_the_image_or_what_the_manifest_names()
    {
        Write("data/table", "1");
        Write("README.md", "for people");
        var all = Runtimes.AddFiles(Source, RuntimeInformation.OSArchitecture);
        Assert.Equal(["data/table", "run.sh", "sh"], FilesOf(all));

        Write("manifest.json", Manifest().Replace("\"model\"", "\"files\": [\"run.sh\", \"sh\"], \"model\"", StringComparison.Ordinal));
        var named = Runtimes.AddFiles(Source, RuntimeInformation.OSArchitecture);
        Assert.Equal(["run.sh", "sh"], FilesOf(named));

        Assert.Equal(named.TarSha256, Runtimes.AddFiles(Source, RuntimeInformation.OSArchitecture).TarSha256);
        Assert.Equal(named.TarSha256, Assert.Single(Runtimes.Catalog.List()).TarSha256);
        Assert.Equal("mine", Assert.Single(Runtimes.Remove("mine")).Runtime.Name);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Runtimes.Catalog.Folder));
    }

    [Theory]
    [InlineData("\"contract\": 1", "\"contract\": 7", "contract is 7, but this EdgeBench speaks 1")]
    [InlineData("\"name\": \"mine\"", "\"name\": \"My Own\"", "must be lower-case letters, digits and hyphens")]
    [InlineData("\"version\": \"1\"", "\"version\": \"1 beta\"", "version is \"1 beta\"")]
    [InlineData("\"version\": \"1\",", "", "version")]
    [InlineData("\"onnx\"", "\"pytorch\"", "is no manifest")]
    [InlineData("\"onnx\"", "\"onnx", "is no manifest")]
    [InlineData("/app/run.sh", "/bin/run.sh", "program must begin with a path below /app/")]
    [InlineData("/app/run.sh", "/app/../run.sh", "program must begin with a path below /app/")]
    [InlineData("/app/run.sh", "/app/other", "there is no file other for it beside the manifest")]
    [InlineData("\"name\": \"mine\"", "\"name\": \"onnxruntime\"", "is a runtime of EdgeBench itself")]
    [InlineData("\"model\"", "\"files\": [\"absent\"], \"model\"", "files: there is no absent")]
    [InlineData("\"model\"", "\"files\": [\"../../secret\"], \"model\"", "is not below")]
    [InlineData("\"model\"", "\"libraries\": [\"libmine.so\"], \"model\"", "lacks libmine.so")]
    public void A_manifest_that_is_not_right_is_told(string right, string wrong, string message)
    {
        Write("manifest.json", Manifest().Replace(right, wrong, StringComparison.Ordinal));

        FailsWith(message, () => Runtimes.AddFiles(Source, RuntimeInformation.OSArchitecture));
    }

    [Fact]
    public void A_program_that_cannot_be_started_in_the_image_is_told()
    {
        Write("run.sh", "#!/bin/sh\n", Executable);
        FailsWith("is a script for /bin/sh, which the image does not have", () => Add());

        Write("run.sh", "#!/app/sh\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        FailsWith("chmod +x run.sh", () => Add());

        File.Delete(Path.Combine(Source, "manifest.json"));
        FailsWith("holds no manifest.json", () => Add());
    }

    [Fact]
    public void A_program_for_another_architecture_is_told()
    {
        // The machine's number stands at byte 18 of an ELF file.
        var program = File.ReadAllBytes("/bin/true");
        var (own, other) = program[18] == 62 ? ("x64", (byte)183) : ("arm64", (byte)62);
        program[18] = other;
        File.WriteAllBytes(Path.Combine(Source, "sh"), program);

        FailsWith($"is not built for {own}", () => Add());
    }

    [Fact]
    public void An_archive_that_is_no_image_for_the_manifest_is_told()
    {
        var image = Add();
        var tar = Runtimes.Catalog.TarOf(image);
        Assert.Equal(image.DiffIds, Runtimes.AddArchive(Source, tar).DiffIds);

        Write("manifest.json", Manifest().Replace("/app/run.sh", "/app/other", StringComparison.Ordinal));
        FailsWith("holds no /app/other, which the manifest of mine names", () => Runtimes.AddArchive(Source, tar));

        Write("manifest.json", Manifest());
        var damaged = Path.Combine(_folder.Path, "damaged.tar");
        File.WriteAllBytes(damaged, File.ReadAllBytes(tar)[..2000]);
        FailsWith("is no image as 'docker save' writes it", () => Runtimes.AddArchive(Source, damaged));
        File.WriteAllText(damaged, "no archive at all");
        FailsWith("is no image as 'docker save' writes it", () => Runtimes.AddArchive(Source, damaged));

        Change(tar, damaged, text => text.Replace("\"architecture\":\"amd64\"", "\"architecture\":\"riscv64\"", StringComparison.Ordinal)
            .Replace("\"architecture\":\"arm64\"", "\"architecture\":\"riscv64\"", StringComparison.Ordinal));
        FailsWith("is for riscv64; devices are x64 (amd64) or arm64", () => Runtimes.AddArchive(Source, damaged));
        Change(tar, damaged, text => text.Replace(image.DiffIds[0], "sha256:" + new string('0', 64), StringComparison.Ordinal));
        FailsWith("a layer is not sha256:000", () => Runtimes.AddArchive(Source, damaged));
    }

    [Theory]
    [InlineData("bench.local:5000/mine")]
    [InlineData("bench.local/mine:latest")]
    [InlineData("mine@sha256:0123")]
    [InlineData("https://bench.local/mine@sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public void A_reference_without_a_digest_is_refused_as_a_tag_can_be_moved(string reference) =>
        FailsWith("HOST[:PORT]/NAME@sha256:DIGEST", () => Runtimes.AddReference(Source, reference, "arm64", ["sha256:1"]));

    private RuntimeImage Add() => Runtimes.AddFiles(Source, RuntimeInformation.OSArchitecture);

    private static string Manifest() =>
        """{ "contract": 1, "name": "mine", "version": "1", "model": "onnx", "program": ["/app/run.sh", "quick"] }""";

    private void Write(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(Source, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
    }

    private IEnumerable<string> FilesOf(RuntimeImage image) => DockerArchive.Read(Runtimes.Catalog.TarOf(image)).Layers
        .SelectMany(layer => layer.Entries).Where(entry => entry.EntryType == TarEntryType.RegularFile)
        .Select(entry => entry.Name).Where(name => name.StartsWith("app/", StringComparison.Ordinal)).Select(name => name["app/".Length..])
        .Order(StringComparer.Ordinal);

    private static void FailsWith(string message, Action add)
    {
        var problem = Assert.Throws<RuntimeBuildException>(add);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    /// <summary>Copies an archive with another text in its configuration.</summary>
    private static void Change(string from, string to, Func<string, string> change)
    {
        using var source = new TarReader(File.OpenRead(from));
        using var target = new TarWriter(File.Create(to), TarEntryFormat.Ustar);
        while (source.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.Name.EndsWith(".json", StringComparison.Ordinal) && entry.Name != "manifest.json")
            {
                using var text = new StreamReader(entry.DataStream!);
                entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(change(text.ReadToEnd())));
            }

            target.WriteEntry(entry);
        }
    }
}

using System.IO.Compression;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Tests.Cluster;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Runtimes;

/// <summary>LiteRT's library is taken out of the wheel that holds it, and only where it is the pinned one.</summary>
public sealed class LiteRtPackageTests : IDisposable
{
    private const string Library = "the library";
    private const string PathInWheel = "ai_edge_litert/libLiteRt.so";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_library_is_taken_out_of_a_wheel_that_was_fetched_elsewhere_and_kept()
    {
        var pinned = Pinned(Library);
        var wheel = Wheel(PathInWheel, Library);

        var file = await FetchAsync(pinned, wheel);
        File.Delete(wheel);

        Assert.Equal(Library, File.ReadAllText(file));
        Assert.Equal(file, await FetchAsync(pinned, archive: null));
    }

    [Fact]
    public async Task A_wheel_without_the_pinned_library_is_not_used()
    {
        var other = await ProblemAsync(Pinned(Library), Wheel(PathInWheel, "another library"));
        var none = await ProblemAsync(Pinned(Library), Wheel("ai_edge_litert/other.so", Library));
        var junk = Path.Combine(_folder.Path, "junk.whl");
        File.WriteAllText(junk, "no zip");

        Assert.Contains("has the SHA-256", other, StringComparison.Ordinal);
        Assert.Contains("it is not used", other, StringComparison.Ordinal);
        Assert.Contains($"holds no {PathInWheel}", none, StringComparison.Ordinal);
        Assert.Contains("(junk.whl) is damaged", await ProblemAsync(Pinned(Library), junk), StringComparison.Ordinal);
        Assert.Contains("there is no file", await ProblemAsync(Pinned(Library), "absent.whl"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wheel_that_pip_does_not_fetch_is_told_in_one_line()
    {
        var absent = new PipWheel(Path.Combine(_folder.Path, "absent-1.0-py3-none-any.whl"), "3.11", "manylinux_2_27_x86_64");

        var problem = await ProblemAsync(Pinned(Library) with { Pip = absent }, archive: null);

        Assert.Matches("^(pip does not fetch|the command pip is missing, which fetches) .*absent-1.0", problem);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public async Task A_runtime_without_a_library_from_a_package_takes_none()
    {
        var builder = new RuntimeImageBuilder(Repository.Root, new RuntimeCatalog(Path.Combine(_folder.Path, "images")));

        var problem = await Assert.ThrowsAsync<RuntimeBuildException>(() => builder.BuildAsync(
            "onnxruntime", ProcessorArchitecture.X64, null, TestContext.Current.CancellationToken, package: Wheel(PathInWheel, Library)));

        Assert.Contains("takes no library from a package", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_for_which_the_library_cannot_be_had_is_not_available_with_the_reason()
    {
        var catalog = new RuntimeCatalog(Path.Combine(_folder.Path, "images"));

        var problem = await Assert.ThrowsAsync<RuntimeBuildException>(() => new RuntimeImageBuilder(Repository.Root, catalog).BuildAsync(
            "litert", ProcessorArchitecture.X64, null, TestContext.Current.CancellationToken, package: Wheel("other", Library)));

        var missing = Assert.Single(catalog.ListMissing());
        Assert.Equal(("litert", ProcessorArchitecture.X64, problem.Message), (missing.Runtime, missing.Architecture, missing.Reason));
        Assert.Contains("--from FILE", missing.Reason, StringComparison.Ordinal);
        Assert.Empty(catalog.List());
    }

    private static PinnedLibrary Pinned(string content) => new(
        "libLiteRt.so", ProcessorArchitecture.X64, PathInWheel, Sha256.Of(System.Text.Encoding.UTF8.GetBytes(content)).Hex,
        Pip: new PipWheel("ai-edge-litert==2.3.0", "3.11", "manylinux_2_27_x86_64"));

    private string Wheel(string entry, string content)
    {
        var file = Path.Combine(_folder.Path, $"{Guid.NewGuid():N}.whl");
        using var zip = ZipFile.Open(file, ZipArchiveMode.Create);
        using var writer = new StreamWriter(zip.CreateEntry(entry).Open());
        writer.Write(content);
        return file;
    }

    private async Task<string> FetchAsync(PinnedLibrary library, string? archive) =>
        await new LibraryCache(Path.Combine(_folder.Path, "libraries")).FetchAsync(
            library, archive, null, TestContext.Current.CancellationToken);

    private async Task<string> ProblemAsync(PinnedLibrary library, string? archive) =>
        (await Assert.ThrowsAsync<RuntimeBuildException>(() => FetchAsync(library, archive))).Message;
}

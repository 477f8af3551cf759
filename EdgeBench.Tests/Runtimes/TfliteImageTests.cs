using System.Runtime.InteropServices;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Artifacts;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Runtimes;

public sealed class TfliteImageTests(BuiltImages images) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-tflite-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_image_is_small_and_holds_the_pinned_library_and_no_other_runtime()
    {
        var image = await images.TfliteAsync();
        var content = DockerArchive.Read(images.Catalog.TarOf(image));

        Assert.Equal($"edgebench/tflite:2.9.0-{Toolchain.NameOf(RuntimeInformation.OSArchitecture)}", image.Name);
        Assert.InRange(image.TarBytes!.Value, 8_000_000, 13_000_000);
        Assert.Equal(["app/", "app/libtensorflowlite_c.so"], content.Layers[1].Entries.Select(entry => entry.Name));
        Assert.Equal(["app/", "app/edgebench-runner"], content.Layers[2].Entries.Select(entry => entry.Name));
        var pinned = RuntimeBuild.Read(Repository.PathOf("runtimes"), image.Runtime).Libraries
            .Single(library => library.Architecture == image.Architecture);
        Assert.Equal(pinned.Sha256, image.Libraries["libtensorflowlite_c.so"]);
    }

    [Fact]
    public async Task A_library_that_is_not_the_pinned_one_is_not_used()
    {
        await images.TfliteAsync();
        var manifest = RuntimeFolder.Read(Repository.PathOf("runtimes"), "tflite");
        var library = RuntimeBuild.Read(Repository.PathOf("runtimes"), manifest).Libraries[0] with { Sha256 = new string('0', 64) };

        var problem = await Assert.ThrowsAsync<RuntimeBuildException>(
            () => new LibraryCache(_folder).FetchAsync(library, null, null, TestContext.Current.CancellationToken));

        Assert.Contains("has the SHA-256", problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_package_that_is_not_there_is_told_in_one_line()
    {
        await images.TfliteAsync();
        var library = new PinnedLibrary("x.so", ProcessorArchitecture.X64, "x.so", new string('0', 64), Npm: Path.Combine(_folder, "absent.tgz"));

        var problem = await Assert.ThrowsAsync<RuntimeBuildException>(
            () => new LibraryCache(_folder).FetchAsync(library, null, null, TestContext.Current.CancellationToken));

        Assert.Contains("npm does not fetch", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public async Task A_users_own_library_makes_an_image_with_its_own_identity_and_the_version_that_it_says()
    {
        var image = await images.TfliteAsync();
        var own = Path.Combine(_folder, "my-build.so");
        // The same library but for bytes behind its end, which no loader reads.
        File.WriteAllBytes(own, [.. File.ReadAllBytes(Path.Combine(images.Unpack(image), "libtensorflowlite_c.so")), 1, 2, 3]);
        var catalog = new RuntimeCatalog(Path.Combine(_folder, "images"));

        var built = await new RuntimeImageBuilder(Repository.Root, catalog).BuildAsync(
            "tflite", image.Architecture, null, TestContext.Current.CancellationToken, new OwnLibrary(own, null));

        Assert.Equal("2.9.0", built.Runtime.Version);
        Assert.Equal(Sha256.OfFile(own).Hex, built.Libraries["libtensorflowlite_c.so"]);
        Assert.NotEqual(image.DiffIds[1], built.DiffIds[1]);
        Assert.Equal(image.DiffIds[0], built.DiffIds[0]);
    }

    [Theory]
    [InlineData("absent.so", null, "there is no file")]
    [InlineData("text.so", null, "no library of Linux")]
    [InlineData("program", null, "no library of Linux")]
    [InlineData("other.so", null, "is not built for")]
    [InlineData("good.so", "1 2", "cannot be a version")]
    public async Task An_own_library_that_cannot_be_used_is_refused(string file, string? version, string named)
    {
        var image = await images.TfliteAsync();
        var program = images.Unpack(image);
        var good = Path.Combine(program, "libtensorflowlite_c.so");
        File.WriteAllText(Path.Combine(_folder, "text.so"), "no library");
        File.Copy(Path.Combine(program, "edgebench-runner"), Path.Combine(_folder, "program"));
        File.Copy(good, Path.Combine(_folder, "good.so"));
        var bytes = File.ReadAllBytes(good);
        bytes[18] = image.Architecture == ProcessorArchitecture.X64 ? (byte)183 : (byte)62;
        File.WriteAllBytes(Path.Combine(_folder, "other.so"), bytes);
        var catalog = new RuntimeCatalog(Path.Combine(_folder, "images"));

        var problem = await Assert.ThrowsAsync<RuntimeBuildException>(() => new RuntimeImageBuilder(Repository.Root, catalog).BuildAsync(
            "tflite", image.Architecture, null, TestContext.Current.CancellationToken,
            new OwnLibrary(Path.Combine(_folder, file), version)));

        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
        Assert.Equal(problem.Message, Assert.Single(catalog.ListMissing()).Reason);
    }

    [Fact]
    public async Task A_runtime_whose_library_comes_with_its_package_takes_no_other()
    {
        var builder = new RuntimeImageBuilder(Repository.Root, new RuntimeCatalog(_folder));

        var problem = await Assert.ThrowsAsync<RuntimeBuildException>(() => builder.BuildAsync(
            "onnxruntime", ProcessorArchitecture.X64, null, TestContext.Current.CancellationToken, new OwnLibrary("x.so", null)));

        Assert.Contains("onnxruntime has no library that could be replaced", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "librarys": [] }""", "librarys")]
    [InlineData("""{ "libraries": [{ "name": "a.so" }] }""", "no description of a build")]
    [InlineData("""{ "libraries": [{ "name": "a.so", "architecture": "x64", "npm": "a@1", "path": "a", "sha256": "00" }] }""", "a.so")]
    public void A_description_of_a_build_that_is_not_as_it_must_be_is_named(string json, string named)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "tflite")).FullName;
        File.WriteAllText(Path.Combine(folder, RuntimeBuild.FileName), json);

        var problem = Assert.Throws<RuntimeBuildException>(
            () => RuntimeBuild.Read(_folder, RuntimeFolder.Read(Repository.PathOf("runtimes"), "tflite")));

        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
        Assert.Contains(RuntimeBuild.FileName, problem.Message, StringComparison.Ordinal);
    }
}

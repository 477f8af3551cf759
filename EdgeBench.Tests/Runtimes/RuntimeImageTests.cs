using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Runner;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Runtimes;

public sealed partial class RuntimeImageTests(BuiltImages images) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-image-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_image_is_described_by_what_is_in_it()
    {
        var image = await images.OnnxRuntimeAsync();
        var content = DockerArchive.Read(images.Catalog.TarOf(image));

        Assert.Equal($"edgebench/onnxruntime:1.31.1-{ArchitectureName}", image.Name);
        Assert.Equal([image.Name], content.Names);
        Assert.Equal(image.DiffIds, content.Layers.Select(layer => layer.Digest));
        Assert.Equal(image.DiffIds, content.DiffIds);
        Assert.Equal(new FileInfo(images.Catalog.TarOf(image)).Length, image.TarBytes);
        Assert.InRange(image.TarBytes!.Value, 20_000_000, 60_000_000);
        Assert.Equal("65532:65532", content.User);
        Assert.Equal(["HOME=/tmp", "ORT_DISABLE_TELEMETRY=1", "PATH=/app"], content.Variables);
        Assert.Equal(image.Runtime.Program, content.EntryPoint);
        Assert.Equal("onnxruntime", content.Labels["edgebench.runtime"]);
        Assert.Equal("1", content.Labels["edgebench.contract"]);
        Assert.Matches(Sha256Pattern(), image.Libraries["libonnxruntime.so"]);
    }

    [Fact]
    public async Task Layers_hold_sorted_entries_without_times_and_owners()
    {
        var layers = DockerArchive.Read(images.Catalog.TarOf(await images.OnnxRuntimeAsync())).Layers;

        Assert.Equal(3, layers.Count);
        Assert.Contains("lib/libc.so.6", layers[0].Entries.Select(entry => entry.Name));
        Assert.Equal(["app/", "app/libonnxruntime.so"], layers[1].Entries.Select(entry => entry.Name));
        Assert.Equal(["app/", "app/edgebench-runner"], layers[2].Entries.Select(entry => entry.Name));
        foreach (var layer in layers)
        {
            var names = layer.Entries.Select(entry => entry.Name).ToList();
            Assert.Equal(names.Order(StringComparer.Ordinal), names);
            Assert.All(
                layer.Entries, entry => Assert.Equal((0, 0, DateTimeOffset.UnixEpoch), (entry.Uid, entry.Gid, entry.ModificationTime)));
        }
    }

    [Fact]
    public async Task The_same_runner_packed_twice_gives_the_same_bytes()
    {
        var image = await images.OnnxRuntimeAsync();
        var published = Path.Combine(_folder, "published");
        DockerArchive.UnpackProgram(images.Catalog.TarOf(image), published);
        File.SetLastWriteTimeUtc(Path.Combine(published, "edgebench-runner"), DateTime.UnixEpoch.AddYears(30));

        var again = RuntimeImagePacker.Pack(image.Runtime, image.Architecture, published, Path.Combine(_folder, "again.tar"));

        Assert.Equivalent(image, again, strict: true);
        Assert.Equal(File.ReadAllBytes(images.Catalog.TarOf(image)), File.ReadAllBytes(Path.Combine(_folder, "again.tar")));
    }

    [Fact]
    public async Task The_program_of_an_image_runs_from_any_folder()
    {
        var image = await images.OnnxRuntimeAsync();
        var folder = Path.Combine(_folder, "with a space");
        DockerArchive.UnpackProgram(images.Catalog.TarOf(image), folder);
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier()).With(RunnerProcess.Quick);

        var result = await runner.RunAsync(Path.Combine(folder, "edgebench-runner"));

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal(image.Runtime.Version, result.The<StartedLine>().Runtime.Version);
        Assert.Equal(10, result.The<SamplesLine>().Nanoseconds.Count);
        Assert.Equal("", result.Diagnostics);
    }

    [Fact]
    public async Task A_second_build_finds_nothing_to_do()
    {
        var image = await images.OnnxRuntimeAsync();
        var lines = new List<string>();

        var again = await images.Builder.BuildAsync(
            "onnxruntime", image.Architecture, new Immediately(lines.Add), TestContext.Current.CancellationToken);

        Assert.Equal([$"{image.Name} is up to date"], lines);
        Assert.Equivalent(image, again, strict: true);
    }

    [Fact]
    public async Task The_catalog_finds_what_was_built_and_names_the_command_for_the_rest()
    {
        var image = await images.OnnxRuntimeAsync();

        Assert.Equivalent(image, images.Catalog.Find("onnxruntime", image.Architecture), strict: true);
        Assert.Null(images.Catalog.Find("other", image.Architecture));
        Assert.Empty(new RuntimeCatalog(Path.Combine(_folder, "absent")).List());
        Assert.Contains(
            "edgebench runtime build onnxruntime --arch arm64",
            RuntimeCatalog.HowToBuild("onnxruntime", ProcessorArchitecture.Arm64),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_description_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "onnxruntime-x64.json"), "{ }");

        var problem = Assert.Throws<RuntimeBuildException>(() => new RuntimeCatalog(_folder).List());

        Assert.Contains("onnxruntime-x64.json", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_runtime_that_is_not_there_is_refused_with_those_that_are()
    {
        var problem = await Assert.ThrowsAsync<RuntimeBuildException>(() => images.Builder.BuildAsync(
            "../runtimes/onnxruntime", ProcessorArchitecture.X64, null, TestContext.Current.CancellationToken));

        Assert.Contains("there are: litert, onnxruntime", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_published_folder_that_lacks_a_library_is_refused()
    {
        var image = await images.OnnxRuntimeAsync();
        File.WriteAllText(Path.Combine(_folder, "edgebench-runner"), "");

        var problem = Assert.Throws<RuntimeBuildException>(
            () => RuntimeImagePacker.Pack(image.Runtime, image.Architecture, _folder, Path.Combine(_folder, "image.tar")));

        Assert.Contains("libonnxruntime.so", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_manifest_names_the_version_of_the_package()
    {
        var manifest = RuntimeFolder.Read(Repository.PathOf("runtimes"), "onnxruntime");

        var package = XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(element => (string?)element.Attribute("Include") == "Microsoft.ML.OnnxRuntime");
        Assert.Equal((string?)package.Attribute("Version"), manifest.Version);
    }

    private static string ArchitectureName => Toolchain.NameOf(RuntimeInformation.OSArchitecture);

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Sha256Pattern();

    private sealed class Immediately(Action<string> report) : IProgress<string>
    {
        public void Report(string value) => report(value);
    }
}

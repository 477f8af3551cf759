using System.Runtime.InteropServices;
using EdgeBench.Cluster.Runtimes;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Runtimes;

/// <summary>The image for arm64, built on an x64 machine.</summary>
public sealed class OtherArchitectureTests(BuiltImages images)
{
    [Fact]
    public async Task An_arm64_image_is_cross_built_or_the_packages_are_named()
    {
        Assert.SkipUnless(
            RuntimeInformation.OSArchitecture == ProcessorArchitecture.X64, "left out: only an x64 machine builds for another");

        try
        {
            var image = await images.Builder.BuildAsync(
                "onnxruntime", ProcessorArchitecture.Arm64, null, TestContext.Current.CancellationToken);

            Assert.Equal("edgebench/onnxruntime:1.31.1-arm64", image.Name);
            var folder = Directory.CreateTempSubdirectory("edgebench-arm64-").FullName;
            DockerArchive.UnpackProgram(images.Catalog.TarOf(image), folder);
            Assert.All(
                Directory.EnumerateFiles(folder), file => Assert.Equal(ProcessorArchitecture.Arm64, ElfFile.Read(file)?.Architecture));
            Assert.Equal("/lib/ld-linux-aarch64.so.1", ElfFile.Read(Path.Combine(folder, "edgebench-runner"))?.Interpreter);
            var system = DockerArchive.Read(images.Catalog.TarOf(image)).Layers[0];
            Assert.Contains("lib/ld-linux-aarch64.so.1", system.Entries.Select(entry => entry.Name));
            Directory.Delete(folder, recursive: true);
        }
        catch (RuntimeBuildException problem)
        {
            Assert.Contains("gcc-aarch64-linux-gnu", problem.Message, StringComparison.Ordinal);
            Assert.Skip("left out: " + problem.Message);
        }
    }

    [Fact]
    public void An_elf_file_tells_what_it_needs()
    {
        var library = ElfFile.Read(Path.Combine(AppContext.BaseDirectory, "libonnxruntime.so"));

        Assert.NotNull(library);
        Assert.Equal(RuntimeInformation.OSArchitecture, library.Architecture);
        Assert.Null(library.Interpreter);
        Assert.Contains("libstdc++.so.6", library.Needed);
        Assert.Contains("libc.so.6", library.Needed);
        Assert.Null(ElfFile.Read(Repository.PathOf("LICENSE")));
    }
}

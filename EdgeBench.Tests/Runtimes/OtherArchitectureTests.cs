using System.Runtime.InteropServices;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Models;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Runner;
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

        var image = await BuildArm64Async("onnxruntime");

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

    [Theory]
    [InlineData("onnxruntime")]
    [InlineData("tflite")]
    public async Task The_runner_for_arm64_computes_on_an_emulated_processor_what_the_runner_for_x64_computes(string runtime)
    {
        var qemu = Qemu.Find();
        var own = runtime == "tflite" ? await images.TfliteAsync() : await images.OnnxRuntimeAsync();
        var other = await BuildArm64Async(runtime);
        var root = Directory.CreateTempSubdirectory("edgebench-arm64-").FullName;
        DockerArchive.Unpack(images.Catalog.TarOf(other), root);
        using var job = new RunnerProcess().With(RunnerProcess.ModelFile, Digits(runtime))
            .With(RunnerProcess.Quick with { Mode = JobMode.Outputs, Seed = 7 });

        var x64 = await job.RunAsync(Path.Combine(images.Unpack(own), "edgebench-runner"), [runtime, job.Folder]);
        var arm64 = await job.RunAsync(
            "/usr/bin/env",
            [
                $"QEMU_CPU={Qemu.Processor}", "ORT_DISABLE_TELEMETRY=1", qemu.Program, "-L", root, $"{root}/app/edgebench-runner", runtime,
                job.Folder,
            ]);

        Directory.Delete(root, recursive: true);
        Assert.True(x64.ExitCode == 0, x64.Diagnostics);
        Assert.True(arm64.ExitCode == 0, arm64.Diagnostics);
        var output = x64.The<LoadedLine>().Outputs[0].Name;
        Assert.Equal(10, Values(x64).Length);
        Assert.Equal(Values(x64), Values(arm64), (expected, actual) => MathF.Abs(expected - actual) <= 1e-6f);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"outputs {x64.The<CompletedLine>().OutputsSha256} (x64), {arm64.The<CompletedLine>().OutputsSha256} (arm64)");

        float[] Values(RunnerResult result) => MemoryMarshal.Cast<byte, float>(result.Output(output)).ToArray();
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

    private static byte[] Digits(string runtime)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var model = Model.Read(Repository.PathOf("samples", "digits_k3.keras"), cancellationToken: cancellation);
        using var file = new MemoryStream();
        if (runtime == "tflite")
        {
            model.WriteTflite(file, cancellation);
        }
        else
        {
            model.WriteOnnx(file, cancellation);
        }

        return file.ToArray();
    }

    private async Task<RuntimeImage> BuildArm64Async(string runtime)
    {
        try
        {
            return await images.Builder.BuildAsync(
                runtime, ProcessorArchitecture.Arm64, null, TestContext.Current.CancellationToken);
        }
        catch (RuntimeBuildException problem)
        {
            Assert.Contains("gcc-aarch64-linux-gnu", problem.Message, StringComparison.Ordinal);
            Assert.Skip("left out: " + problem.Message);
            throw;
        }
    }
}

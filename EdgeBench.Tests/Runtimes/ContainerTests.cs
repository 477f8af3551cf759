using System.Formats.Tar;
using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Containers;
using EdgeBench.Tests.Runner;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Runtimes;

/// <summary>The image in a real engine, in the sandbox that an edge node gives it.</summary>
public sealed class ContainerTests(BuiltImages images, PrivateEngine engine)
{
    private const string JobFolder = "/job";

    [Fact]
    public async Task An_engine_reports_the_layers_that_the_description_names()
    {
        var image = await images.OnnxRuntimeAsync();
        using var client = await LoadAsync(image);

        var loaded = await client.Images.InspectImageAsync(image.Name, TestContext.Current.CancellationToken);

        Assert.Equal(image.DiffIds, loaded.RootFS.Layers);
        Assert.Equal(image.Architecture == ProcessorArchitecture.X64 ? "amd64" : "arm64", loaded.Architecture);
    }

    [Fact]
    public async Task The_program_measures_in_a_sandbox()
    {
        var image = await images.OnnxRuntimeAsync();
        using var client = await LoadAsync(image);

        var result = await RunAsync(client, image, RunnerProcess.Quick, OnnxBytes.Classifier());

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal(10, result.The<SamplesLine>().Nanoseconds.Count);
        Assert.Equal(image.Runtime.Version, result.The<StartedLine>().Runtime.Version);
        Assert.Equal("on", result.The<LoadedLine>().Options["spinning"]);
        Assert.Equal("", result.Diagnostics);
    }

    [Fact]
    public async Task TensorFlow_Lite_measures_in_a_sandbox()
    {
        var image = await images.TfliteAsync();
        using var client = await LoadAsync(image);

        var result = await RunAsync(client, image, RunnerProcess.Quick, TfliteBytes.Doubling());

        Assert.True(result.ExitCode == 0, result.Diagnostics);
        Assert.Equal(10, result.The<SamplesLine>().Nanoseconds.Count);
        Assert.Equal(new RuntimeIdentity("tflite", "2.9.0"), result.The<StartedLine>().Runtime);
        Assert.Equal("on", result.The<LoadedLine>().Options["xnnpack"]);
    }

    [Fact]
    public async Task A_model_that_is_not_accepted_is_told_from_inside()
    {
        var image = await images.OnnxRuntimeAsync();
        using var client = await LoadAsync(image);

        var result = await RunAsync(client, image, RunnerProcess.Quick, [1, 2, 3]);

        Assert.Equal(FailureCode.ModelNotLoaded, result.Failure().Code);
    }

    [Fact]
    public async Task Stopping_the_container_ends_the_program_at_once()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var image = await images.OnnxRuntimeAsync();
        using var client = await LoadAsync(image);
        var id = await CreateAsync(
            client, image, RunnerProcess.Quick with { Timed = new TimedPlan(Runs: int.MaxValue) }, OnnxBytes.Classifier(), cancellation);
        using var output = await client.Containers.AttachContainerAsync(
            id, new ContainerAttachParameters { Stream = true, Stdout = true }, cancellation);
        await client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancellation);
        await output.ReadOutputAsync(new byte[1024], 0, 1024, cancellation);

        // Were the signal not obeyed, the engine would kill the program after a minute, and the exit code would be 137.
        await client.Containers.StopContainerAsync(id, new ContainerStopParameters { WaitBeforeKillSeconds = 60 }, cancellation);

        Assert.Equal(143, (await client.Containers.InspectContainerAsync(id, cancellation)).State?.ExitCode);
        await client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { RemoveVolumes = true }, cancellation);
    }

    private async Task<DockerClient> LoadAsync(RuntimeImage image)
    {
        var client = new DockerClientBuilder().WithEndpoint(await engine.EndpointAsync()).Build();
        var problems = new List<string>();
        await using var tar = File.OpenRead(images.Catalog.TarOf(image));
        await client.Images.LoadImageAsync(
            new ImageLoadParameters { Quiet = true }, tar, new Problems(problems.Add), TestContext.Current.CancellationToken);
        Assert.Empty(problems);
        return client;
    }

    private static async Task<RunnerResult> RunAsync(DockerClient client, RuntimeImage image, Job job, byte[] model)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var id = await CreateAsync(client, image, job, model, cancellation);
        using var attached = await client.Containers.AttachContainerAsync(
            id, new ContainerAttachParameters { Stream = true, Stdout = true, Stderr = true }, cancellation);
        await client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancellation);
        var (output, diagnostics) = await attached.ReadOutputToEndAsync(cancellation);
        var ended = await client.Containers.WaitContainerAsync(id, cancellation);
        await client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { RemoveVolumes = true }, cancellation);
        return RunnerResult.Read(output, (int)ended.StatusCode, diagnostics);
    }

    private static async Task<string> CreateAsync(
        DockerClient client, RuntimeImage image, Job job, byte[] model, CancellationToken cancellation)
    {
        var created = await client.Containers.CreateContainerAsync(
            new CreateContainerParameters
            {
                Image = image.Name,
                Cmd = [JobFolder],
                NetworkDisabled = true,
                Volumes = new Dictionary<string, EmptyStruct> { [JobFolder] = default },
                HostConfig = new HostConfig
                {
                    NetworkMode = "none",
                    ReadonlyRootfs = true,
                    CapDrop = ["ALL"],
                    SecurityOpt = ["no-new-privileges"],
                    Memory = 512 << 20,
                    MemorySwap = 512 << 20,
                    PidsLimit = 64,
                    CpusetCpus = "0",
                    LogConfig = new LogConfig { Type = "none" },
                },
            },
            cancellation);
        using var files = new MemoryStream();
        await using (var tar = new TarWriter(files, TarEntryFormat.Ustar, leaveOpen: true))
        {
            await WriteAsync(tar, Job.FileName, Encoding.UTF8.GetBytes(RunnerProcess.Json(job)), cancellation);
            await WriteAsync(tar, RunnerProcess.ModelFile, model, cancellation);
        }

        files.Position = 0;
        await client.Containers.ExtractArchiveToContainerAsync(
            created.ID, new CopyToContainerParameters { Path = JobFolder }, files, cancellation);
        return created.ID;
    }

    private static Task WriteAsync(TarWriter tar, string name, byte[] content, CancellationToken cancellation) => tar.WriteEntryAsync(
        new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = new MemoryStream(content),
            Mode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        },
        cancellation);

    // A load that failed is answered like one that did not, but for such a message.
    private sealed class Problems(Action<string> add) : IProgress<JSONMessage>
    {
        public void Report(JSONMessage value)
        {
            if (value.Error is not null)
            {
                add(value.Error.Message ?? "the image was not loaded");
            }
        }
    }
}

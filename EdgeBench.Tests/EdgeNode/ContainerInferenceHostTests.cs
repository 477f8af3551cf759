using System.Diagnostics;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Tests.Containers;

namespace EdgeBench.Tests.EdgeNode;

public sealed class ContainerInferenceHostTests(PrivateEngine engine, ShellImage image) : RunnerBehaviourTests(image)
{
    private readonly Guid _data = Guid.NewGuid();
    private ContainerEngine _engine = null!;
    private DockerClient _client = null!;

    public override async ValueTask InitializeAsync()
    {
        var endpoint = await engine.EndpointAsync();
        _engine = new ContainerEngine(endpoint);
        _client = new DockerClientBuilder().WithEndpoint(endpoint).Build();
        Host = new ContainerInferenceHost(_engine, _data, TimeProvider.System);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _client?.Dispose();
        _engine?.Dispose();
    }

    [Fact]
    public async Task The_sandbox_seen_from_inside_holds_nothing_that_a_runner_does_not_need()
    {
        var end = await Host.RunAsync(Requests.Behaving("look"), new RecordedUpdates(), Cancellation);

        var seen = end.Failure?.LastOutput;
        Assert.NotNull(seen);
        Assert.Contains("CapEff:\t0000000000000000", seen, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t0000000000000000", seen, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2", seen, StringComparison.Ordinal);
        Assert.Contains("Uid:\t65532\t65532\t65532\t65532", seen, StringComparison.Ordinal);
        Assert.Contains("interfaces: /sys/class/net/lo\n", seen, StringComparison.Ordinal);
        Assert.Contains("limits: nofile 1024 core 0", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("root is writable", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("job folder is writable", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_holds_the_limits_while_the_runner_runs()
    {
        using var stop = new CancellationTokenSource();
        var updates = new RecordedUpdates();
        var request = Requests.Behaving("hang");
        var run = Host.RunAsync(request, updates, stop.Token);
        await updates.RunnerSpoke.WaitAsync(Cancellation);

        var container = await _client.Containers.InspectContainerAsync(Assert.Single(await OwnContainersAsync()).ID, Cancellation);
        await stop.CancelAsync();
        await run;

        var limits = container.HostConfig!;
        Assert.Equal(64 << 20, limits.Memory);
        Assert.Equal(64 << 20, limits.MemorySwap);
        Assert.Equal(256, limits.PidsLimit);
        Assert.Equal(request.Limits.Cpus.ToString(), limits.CpusetCpus);
        Assert.True(limits.NanoCPUs == 0);
        Assert.True(limits.ReadonlyRootfs);
        Assert.Equal("none", limits.LogConfig!.Type);
        Assert.Equal("none", limits.NetworkMode);
        Assert.Equal("task/cell/1", container.Config!.Labels!["edgebench.attempt"]);
        Assert.Equal(_data.ToString("d"), container.Config.Labels["edgebench.data"]);
    }

    [Fact]
    public async Task A_result_names_the_engine()
    {
        var end = await Host.RunAsync(Requests.Behaving("measure"), new RecordedUpdates(), Cancellation);

        Assert.Equal("docker", end.Engine?.Name);
        Assert.NotEqual("", end.Engine!.Version);
        Assert.True(end.Engine.CgroupVersion is 1 or 2);
    }

    [Fact]
    public async Task A_program_that_the_image_does_not_hold_is_told()
    {
        var request = Requests.Behaving("measure");

        var end = await Host.RunAsync(
            request with { Image = request.Image with { Program = ["/app/none"] } }, new RecordedUpdates(), Cancellation);

        Assert.Equal(InferenceFailureKind.NotStarted, end.Failure?.Kind);
        Assert.Contains("/app/none", end.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_that_the_engine_cannot_keep_is_told()
    {
        var request = Requests.Behaving("measure");

        var end = await Host.RunAsync(
            request with { Limits = request.Limits with { Cpus = CpuSet.Of([4000]) } }, new RecordedUpdates(), Cancellation);

        Assert.Equal(InferenceFailureKind.NotStarted, end.Failure?.Kind);
        Assert.Contains("4000", end.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_whose_name_another_image_has_taken_is_known_by_its_layers()
    {
        var request = Requests.Behaving("measure");
        using var nothing = new MemoryStream(new byte[1024]);
        await _client.Images.CreateImageAsync(
            new ImagesCreateParameters { FromSrc = "-", Repo = "edgebench-tests/taken", Tag = "1" },
            nothing,
            null,
            new Progress<JSONMessage>(),
            Cancellation);
        var updates = new RecordedUpdates();

        var end = await Host.RunAsync(
            request with { Image = request.Image with { Name = "edgebench-tests/taken:1" } }, updates, Cancellation);

        Assert.Null(end.Failure);
        Assert.True(Assert.IsType<InferenceUpdate.ImageReady>(updates.All[0]).Loaded);
    }

    [Fact]
    public async Task A_container_killed_from_outside_is_lost_and_not_out_of_memory()
    {
        var updates = new RecordedUpdates();
        var run = Host.RunAsync(Requests.Behaving("hang"), updates, Cancellation);
        await updates.RunnerSpoke.WaitAsync(Cancellation);

        await _client.Containers.KillContainerAsync(
            Assert.Single(await OwnContainersAsync()).ID, new ContainerKillParameters(), Cancellation);

        Assert.Equal(InferenceFailureKind.Lost, (await run).Failure?.Kind);
    }

    [Fact]
    public async Task Leftovers_of_this_data_folder_are_swept_and_those_of_others_are_not()
    {
        var request = Requests.Behaving("hang");
        var own = await LeaveBehindAsync(request, _data);
        var other = await LeaveBehindAsync(request, Guid.NewGuid());
        try
        {
            var swept = await Host.SweepAsync(Cancellation);

            Assert.Null(swept.Failure);
            Assert.Equal(["task/cell/1"], swept.Removed);
            await Assert.ThrowsAsync<DockerContainerNotFoundException>(() => _client.Containers.InspectContainerAsync(own, Cancellation));
            Assert.True((await _client.Containers.InspectContainerAsync(other, Cancellation)).State!.Running);
        }
        finally
        {
            await _client.Containers.RemoveContainerAsync(
                other, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_sweep_spares_what_runs_and_a_run_removes_what_was_left()
    {
        using var stop = new CancellationTokenSource();
        var updates = new RecordedUpdates();
        var run = Host.RunAsync(Requests.Behaving("hang"), updates, stop.Token);
        await updates.RunnerSpoke.WaitAsync(Cancellation);
        await LeaveBehindAsync(Requests.Behaving("hang", attempt: "task/cell/0"), _data);

        var other = await Host.RunAsync(Requests.Behaving("measure", attempt: "task/cell/2"), new RecordedUpdates(), Cancellation);
        var swept = await Host.SweepAsync(Cancellation);

        Assert.Null(other.Failure);
        Assert.Empty(swept.Removed);
        Assert.Single(await OwnContainersAsync());
        Assert.False(run.IsCompleted);
        await stop.CancelAsync();
        await run;
    }

    private protected override async Task AssertNothingIsLeftAsync()
    {
        Assert.Empty(await OwnContainersAsync());

        // Other tests use the engine at the same time: a volume of theirs may be seen whose container has just gone. What was left stays.
        var waited = Stopwatch.StartNew();
        IReadOnlyList<string?> ownerless;
        do
        {
            ownerless = await OwnerlessVolumesAsync();
        }
        while (ownerless.Count > 0 && waited.Elapsed < TimeSpan.FromSeconds(5));
        Assert.Empty(ownerless);
    }

    private async Task<IReadOnlyList<string?>> OwnerlessVolumesAsync()
    {
        var volumes = await _client.Volumes.ListAsync(CancellationToken.None);
        var containers = await _client.Containers.ListContainersAsync(new ContainersListParameters { All = true }, CancellationToken.None);
        var mounted = containers.SelectMany(container => container.Mounts ?? []).Select(mount => mount.Name);
        return [.. (volumes.Volumes ?? []).Select(volume => volume.Name).Except(mounted)];
    }

    private async Task<IList<ContainerListResponse>> OwnContainersAsync() => await _client.Containers.ListContainersAsync(
        new ContainersListParameters
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["label"] = new Dictionary<string, bool> { [$"edgebench.data={_data:d}"] = true },
            },
        },
        CancellationToken.None);

    // As an edge node that was killed leaves it.
    private async Task<string> LeaveBehindAsync(InferenceRequest request, Guid data)
    {
        var (reference, _) = await new ContainerImages(_engine).EnsureAsync(request.Image, Cancellation);
        var created = await _client.Containers.CreateContainerAsync(
            Sandbox.Describe(request, $"edgebench-{Guid.NewGuid():n}", reference, data), Cancellation);
        await _client.Containers.StartContainerAsync(created.ID, new ContainerStartParameters(), Cancellation);
        return created.ID;
    }
}

using System.Security.Cryptography;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>What both kinds of isolation make of runners that behave well and badly.</summary>
public abstract class RunnerBehaviourTests(ShellImage image) : IAsyncLifetime
{
    private protected Requests Requests { get; } = new(image);

    private protected IInferenceHost Host { get; set; } = null!;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public abstract ValueTask InitializeAsync();

    /// <summary>Fails where anything of a run is left.</summary>
    private protected abstract Task AssertNothingIsLeftAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (Host is not null)
        {
            await AssertNothingIsLeftAsync();
        }

        Requests.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_measurement_tells_its_phases_in_order_and_ends_without_a_failure()
    {
        var updates = new RecordedUpdates();

        var end = await Host.RunAsync(Requests.Behaving("measure"), updates, Cancellation);

        Assert.Null(end.Failure);
        Assert.Equal(0, end.ExitCode);
        Assert.IsType<InferenceUpdate.ImageReady>(updates.All[0]);
        var started = Assert.IsType<InferenceUpdate.RunnerStarted>(updates.All[1]);
        Assert.True(started is { CreateNanoseconds: > 0, StartNanoseconds: > 0 });
        var lines = updates.All.OfType<InferenceUpdate.RunnerSaid>().ToList();
        Assert.Equal(
            [
                typeof(StartedLine), typeof(LoadedLine), typeof(FirstRunLine), typeof(WarmedUpLine),
                typeof(SamplesLine), typeof(SamplesLine), typeof(CompletedLine),
            ],
            lines.Select(said => said.Line.GetType()));
        Assert.Equal([11L, 12L, 13L], lines.Select(said => said.Line).OfType<SamplesLine>().SelectMany(samples => samples.Nanoseconds));
        Assert.True(lines[0].Nanoseconds >= started.StartNanoseconds || lines[0].Nanoseconds > 0);
    }

    [Fact]
    public async Task The_process_of_a_runner_is_told_while_it_runs()
    {
        var updates = new RecordedUpdates();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var run = Host.RunAsync(Requests.Behaving("hang"), updates, stop.Token);

        var process = await updates.ProcessFound.WaitAsync(Cancellation);

        Assert.Equal(Host.Isolation == Isolation.Container, process.OwnControlGroup);
        // What starts it as a child process gives its privileges up a moment after it is there.
        string status;
        do
        {
            status = await File.ReadAllTextAsync($"/proc/{process.Id}/status", Cancellation);
        }
        while (!status.Contains("NoNewPrivs:\t1", StringComparison.Ordinal));

        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task The_image_is_loaded_once()
    {
        await Host.RunAsync(Requests.Behaving("measure"), new RecordedUpdates(), Cancellation);
        var updates = new RecordedUpdates();

        await Host.RunAsync(Requests.Behaving("measure"), updates, Cancellation);

        Assert.False(Assert.IsType<InferenceUpdate.ImageReady>(updates.All[0]).Loaded);
    }

    [Theory]
    [InlineData("too-few", InferenceFailureKind.ContractBroken, "2 latencies of the 3")]
    [InlineData("crash", InferenceFailureKind.EndedEarly, "SIGSEGV")]
    [InlineData("eat", InferenceFailureKind.OutOfMemory, "memory limit")]
    [InlineData("garbage", InferenceFailureKind.ContractBroken, "Loading\uFFFD[31m model...")]
    [InlineData("flood", InferenceFailureKind.OutputLimit, "1048576 bytes")]
    [InlineData("flood-errors", InferenceFailureKind.OutputLimit, "1048576 bytes")]
    [InlineData("early", InferenceFailureKind.EndedEarly, "exit code 0")]
    [InlineData("failed", InferenceFailureKind.ModelNotLoaded, "no such operator: Foo")]
    [InlineData("old", InferenceFailureKind.ContractBroken, "version 999")]
    [InlineData("exit-code", InferenceFailureKind.EndedEarly, "exit code 7")]
    [InlineData("endless", InferenceFailureKind.OutputLimit, "1048576 bytes")]
    [InlineData("negative", InferenceFailureKind.ContractBroken, "a latency that is not above 0")]
    [InlineData("absurd", InferenceFailureKind.ContractBroken, "27000000000.0 s of work within")]
    [InlineData("no-hash", InferenceFailureKind.ContractBroken, "SHA-256 of none")]
    public async Task A_runner_that_fails_is_told_by_its_kind_of_failure(string behaviour, InferenceFailureKind kind, string message)
    {
        var end = await Host.RunAsync(Requests.Behaving(behaviour), new RecordedUpdates(), Cancellation);

        Assert.Equal(kind, end.Failure?.Kind);
        Assert.Contains(message, end.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("hang-with-child")]
    [InlineData("silent")]
    [InlineData("deaf")]
    [InlineData("hang-mid-run")]
    public async Task A_runner_that_hangs_is_ended_at_its_limit(string behaviour)
    {
        var end = await Host.RunAsync(Requests.Behaving(behaviour, TimeSpan.FromSeconds(1)), new RecordedUpdates(), Cancellation);

        Assert.Equal(InferenceFailureKind.TimedOut, end.Failure?.Kind);
        Assert.Contains("within 1 s", end.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_runner_leaves_running_ends_with_it_and_does_not_hold_up_its_result()
    {
        var end = await Host.RunAsync(Requests.Behaving("fork"), new RecordedUpdates(), Cancellation);

        Assert.Null(end.Failure);
    }

    [Fact]
    public async Task After_each_kind_of_broken_runner_the_next_one_runs()
    {
        string[] broken =
        [
            "silent", "hang-mid-run", "crash", "early", "exit-code", "eat", "garbage", "endless", "old", "too-few", "absurd", "deaf", "fork",
        ];
        foreach (var behaviour in broken)
        {
            await Host.RunAsync(Requests.Behaving(behaviour, TimeSpan.FromSeconds(1)), new RecordedUpdates(), Cancellation);
            await AssertNothingIsLeftAsync();
            Assert.Null((await Host.RunAsync(Requests.Behaving("measure"), new RecordedUpdates(), Cancellation)).Failure);
        }
    }

    [Fact]
    public async Task The_end_of_standard_error_is_kept_for_a_failure()
    {
        var end = await Host.RunAsync(Requests.Behaving("early"), new RecordedUpdates(), Cancellation);

        Assert.Equal("no more of this", end.Failure?.LastOutput);
    }

    [Fact]
    public async Task A_run_can_be_stopped_in_the_middle()
    {
        using var stop = new CancellationTokenSource();
        var updates = new RecordedUpdates();
        var run = Host.RunAsync(Requests.Behaving("hang-with-child"), updates, stop.Token);
        await updates.RunnerSpoke.WaitAsync(Cancellation);

        await stop.CancelAsync();

        Assert.Equal(InferenceFailureKind.Stopped, (await run).Failure?.Kind);
    }

    [Fact]
    public async Task A_run_that_was_stopped_before_it_began_leaves_nothing()
    {
        var end = await Host.RunAsync(Requests.Behaving("hang"), new RecordedUpdates(), new CancellationToken(canceled: true));

        Assert.Equal(InferenceFailureKind.Stopped, end.Failure?.Kind);
    }

    [Fact]
    public async Task A_model_larger_than_the_memory_limit_is_refused_before_anything_starts()
    {
        var request = Requests.Behaving("measure");
        using (var model = File.OpenWrite(request.Files["model.bin"]))
        {
            model.SetLength(request.Limits.MemoryBytes + 1);
        }

        var updates = new RecordedUpdates();
        var end = await Host.RunAsync(request, updates, Cancellation);

        Assert.Equal(InferenceFailureKind.OutOfMemory, end.Failure?.Kind);
        Assert.Contains("64 MiB", end.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(updates.All);
    }

    [Fact]
    public async Task A_model_file_that_is_gone_is_told_by_its_path()
    {
        var request = Requests.Behaving("measure");
        File.Delete(request.Files["model.bin"]);

        var end = await Host.RunAsync(request, new RecordedUpdates(), Cancellation);

        Assert.Equal(InferenceFailureKind.DiskNotUsable, end.Failure?.Kind);
        Assert.Contains(request.Files["model.bin"], end.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task A_damaged_image_archive_is_told(int bytes)
    {
        var request = Requests.Behaving("measure");
        var damaged = Path.Combine(Requests.Folder, "damaged.tar");
        await File.WriteAllBytesAsync(damaged, (await File.ReadAllBytesAsync(request.Image.Tar!, Cancellation))[..bytes], Cancellation);
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(damaged, Cancellation)));
        request = request with
        {
            Image = request.Image with { Name = "edgebench-tests/none:1", Tar = damaged, TarSha256 = hash, DiffIds = ["sha256:00"] },
        };

        var end = await Host.RunAsync(request, new RecordedUpdates(), Cancellation);

        Assert.Equal(InferenceFailureKind.ImageBroken, end.Failure?.Kind);
        Assert.NotEqual("", end.Failure!.Message);
    }

    [Fact]
    public async Task An_archive_with_other_layers_than_its_description_names_is_refused()
    {
        var request = Requests.Behaving("measure");
        request = request with { Image = request.Image with { DiffIds = [.. request.Image.DiffIds.Reverse()] } };

        var end = await Host.RunAsync(request, new RecordedUpdates(), Cancellation);

        Assert.Equal(InferenceFailureKind.ImageBroken, end.Failure?.Kind);
        Assert.Contains("layers that its description names", end.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_whose_file_names_leave_the_job_folder_is_a_fault_of_the_caller()
    {
        var request = Requests.Behaving("measure");
        request = request with { Files = new Dictionary<string, string>(request.Files) { ["../x"] = request.Files["model.bin"] } };

        await Assert.ThrowsAsync<ArgumentException>(() => Host.RunAsync(request, new RecordedUpdates(), Cancellation));
    }

    [Fact]
    public async Task The_runner_finds_its_job_and_model_and_nothing_of_our_environment()
    {
        var end = await Host.RunAsync(Requests.Behaving("look"), new RecordedUpdates(), Cancellation);

        var seen = end.Failure?.LastOutput;
        Assert.NotNull(seen);
        Assert.Contains("model: weights", seen, StringComparison.Ordinal);
        Assert.Contains("\"model\":\"model.bin\"", seen, StringComparison.Ordinal);
        Assert.Contains("/tmp is writable", seen, StringComparison.Ordinal);
        Assert.Contains("greeting: hello from the image; secret: ;", seen, StringComparison.Ordinal);
        Assert.Contains($"Cpus_allowed_list:\t{Requests.Behaving("look").Limits.Cpus}\n", seen, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", seen, StringComparison.Ordinal);
    }
}

using EdgeBench.EdgeNode.Agent;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.EdgeNode.Processes;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.EdgeNode;

public sealed class RunningMeasurementsTests : IAsyncDisposable
{
    private readonly Guid _server = Guid.NewGuid();
    private readonly Requests _requests;
    private readonly DataFolder _data;
    private readonly HostLock _hostLock;
    private readonly ProcessInferenceHost _host;
    private readonly RunningMeasurements _measurements;
    private readonly FakeMachine _machine = new();

    public RunningMeasurementsTests(ShellImage image)
    {
        _requests = new Requests(image);
        _data = DataFolder.Open(Path.Combine(_requests.Folder, "data"));
        _hostLock = new HostLock(Path.Combine(_requests.Folder, "host.lock"), TimeProvider.System);
        _host = new ProcessInferenceHost(_data, TimeProvider.System);
        _measurements = new RunningMeasurements(new MeasuringParts(_host, _machine, TimeProvider.System), _hostLock, _data.Spool);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _measurements.DisposeAsync();
        _host.Dispose();
        _data.Dispose();
        _requests.Dispose();
    }

    [Fact]
    public async Task A_measurement_of_several_starts_keeps_the_phases_of_each_and_is_on_disk_when_it_ends()
    {
        var running = _measurements.Start(Order("measure", starts: 3));

        var result = await running.Completion.WaitAsync(Cancellation);

        Assert.Null(result.Failure);
        Assert.Null(running.SpoolProblem);
        Assert.Equal(Isolation.Process, result.Isolation);
        Assert.Equal(3, result.Starts.Count);
        Assert.All(result.Starts, start =>
        {
            Assert.Equal([11, 12, 13], start.Samples);
            Assert.Equal(
                (1000, 900, 5, 4000), (start.LoadNanoseconds, start.FirstRunNanoseconds, start.WarmUpRuns, start.WarmUpNanoseconds));
            Assert.True(start is { CreateNanoseconds: > 0, StartNanoseconds: > 0, PeakResidentBytes: 4096 });
            Assert.Equal(RunnerScript.Outputs, start.OutputsSha256);
            Assert.Equal(_machine.Result.Telemetry, start.Observed!.Telemetry);
        });
        Assert.Equal(StopReason.AskedReached, result.Stop);
        Assert.Equal(_machine.Facts, result.Facts);
        Assert.Empty(result.Changed);
        Assert.Equal(HostIdentity.Of(_machine.Facts).Hex, result.Host);
        Assert.Equal(_machine.Peak, result.Peak);
        Assert.Null(result.Memory);
        Assert.Equal("shell", result.Runtime?.Name);
        Assert.Equal("x", Assert.Single(result.Inputs!).Name);
        Assert.Equal("off", result.Options!["spinning"]);
        Assert.True(result is { ImageLoaded: true, ImageNanoseconds: > 0 });
        Assert.Equivalent(result, _data.Spool.Read(_server, result.Attempt), strict: true);
    }

    [Fact]
    public async Task Memory_is_measured_by_a_start_of_its_own_that_counts_in_no_figure()
    {
        var order = Order("measure", starts: 2);
        var seen = new List<MeasurementPhase>();
        var running = _measurements.Start(order with { Options = order.Options with { Memory = true } });
        await foreach (var progress in running.FollowAsync(Cancellation))
        {
            seen.Add(progress.Phase);
        }

        var result = await running.Completion;

        Assert.Equal((2, 3), (result.Starts.Count, _machine.Observed.Count));
        Assert.Equal(_machine.Result.Memory with { ResidentPeak = 4096 }, result.Memory);
        Assert.Equal(6, running.Progress.Runs);
        Assert.True(seen.LastIndexOf(MeasurementPhase.Memory) > seen.LastIndexOf(MeasurementPhase.Timed));
    }

    [Fact]
    public async Task Starts_are_added_until_the_interval_is_narrow()
    {
        var order = Order("measure");
        var options = order.Options with { Until = 0.5, Starts = 4 };

        var result = await _measurements.Start(order with { Options = options }).Completion.WaitAsync(Cancellation);

        // Each start gives the same latencies, so the interval is as narrow as can be once the least of them are there.
        Assert.Equal((4, StopReason.IntervalNarrow), (result.Starts.Count, result.Stop));
    }

    [Fact]
    public async Task Starts_that_never_agree_end_at_the_longest_time()
    {
        var order = Order("scatter");
        var options = order.Options with { Until = 0.001, MaximumSeconds = 1 };
        await using var measurements = new RunningMeasurements(
            new MeasuringParts(_host, _machine, new HurriedClock()), _hostLock, _data.Spool);

        var result = await measurements.Start(order with { Options = options }).Completion.WaitAsync(Cancellation);

        Assert.Equal(StopReason.TimeLimit, result.Stop);
        Assert.NotEmpty(result.Starts);
    }

    [Fact]
    public async Task A_fact_that_changed_meanwhile_is_told_with_both_values()
    {
        _machine.FactsAfter = [new("board.model", "a fake"), new("cpu.governor", "powersave")];

        var result = await _measurements.Start(Order("measure")).Completion.WaitAsync(Cancellation);

        Assert.Equal([new FingerprintDifference("cpu.governor", null, "powersave")], result.Changed);
        Assert.NotEqual(HostIdentity.Of(_machine.Facts).Hex, result.Host);
        var told = new OutcomeTranslation(DeviceFactsReader.ReadThisDevice()).Of(result).Result!;
        Assert.Null(told.Host);
        Assert.Contains(told.Verdict!.Reasons, reason => reason.Message.Contains("cpu.governor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_delegate_that_took_few_of_the_operators_is_told()
    {
        var result = await _measurements.Start(Order("delegate")).Completion.WaitAsync(Cancellation);

        var told = new OutcomeTranslation(DeviceFactsReader.ReadThisDevice()).Of(result).Result!;
        Assert.Equal(1, told.Starts[0].Providers!["accelerator"]);
        var reason = Assert.Single(told.Verdict!.Reasons, reason => reason.Rule == "provider-not-as-asked");
        Assert.StartsWith("1 of 10 operators ran on accelerator", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_measured_is_a_fault_of_the_caller()
    {
        var order = Order("measure");

        var refused = Assert.Throws<ArgumentException>(() => _measurements.Start(order with { Options = order.Options with { Runs = 0 } }));

        Assert.Contains("the runs are 1 to", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_is_begun_once_and_found_again_until_it_is_taken()
    {
        var order = Order("measure");

        var first = _measurements.Start(order);
        var second = _measurements.Start(order);
        var result = await first.Completion.WaitAsync(Cancellation);

        Assert.Same(first, second);
        Assert.Same(first, _measurements.Find(order.Attempt));
        Assert.Same(result, await _measurements.TakeAsync(order.Attempt));
        Assert.Null(_measurements.Find(order.Attempt));
        Assert.Null(await _measurements.TakeAsync(order.Attempt));
        Assert.Equal([order.Attempt], _data.Spool.List(_server));
    }

    [Fact]
    public async Task Whoever_follows_sees_the_phases_in_order_and_the_end()
    {
        var seen = new List<MeasurementProgress>();

        await foreach (var progress in _measurements.Start(Order("measure", starts: 2)).FollowAsync(Cancellation))
        {
            seen.Add(progress);
        }

        Assert.Equal(new MeasurementProgress(MeasurementPhase.Ended, 2, 6), seen[^1]);
        Assert.Equal(seen.Select(progress => progress.Runs).Order(), seen.Select(progress => progress.Runs));
        Assert.Equal(seen.Select(progress => progress.Start).Order(), seen.Select(progress => progress.Start));
    }

    [Fact]
    public async Task A_follower_that_goes_away_does_not_end_the_measurement()
    {
        var running = _measurements.Start(Order("hang"));
        using var gone = new CancellationTokenSource();
        await foreach (var progress in running.FollowAsync(gone.Token))
        {
            if (progress.Phase == MeasurementPhase.Loading)
            {
                await gone.CancelAsync();
                break;
            }
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var progress in running.FollowAsync(gone.Token))
            {
                Assert.Equal(MeasurementPhase.Loading, progress.Phase);
            }
        });

        Assert.False(running.Completion.IsCompleted);
        Assert.Same(running, Assert.Single(_measurements.All));
        Assert.Null(await _measurements.TakeAsync(running.Order.Attempt));
    }

    [Fact]
    public async Task What_is_stopped_ends_and_is_not_kept_on_disk()
    {
        var running = _measurements.Start(Order("hang"));
        await LoadingAsync(running);

        running.Stop();

        Assert.Equal(InferenceFailureKind.Stopped, (await running.Completion.WaitAsync(Cancellation)).Failure?.Kind);
        Assert.Empty(_data.Spool.List(_server));
    }

    [Fact]
    public async Task A_failure_ends_the_starts_and_is_kept_on_disk()
    {
        var result = await _measurements.Start(Order("failed", starts: 5)).Completion.WaitAsync(Cancellation);

        Assert.Equal(InferenceFailureKind.ModelNotLoaded, result.Failure?.Kind);
        Assert.Empty(result.Starts);
        Assert.Equal(result.Failure, _data.Spool.Read(_server, result.Attempt)?.Failure);
    }

    [Fact]
    public async Task One_measurement_of_a_host_runs_at_a_time_and_one_that_waits_can_be_stopped()
    {
        var first = _measurements.Start(Order("hang"));
        await LoadingAsync(first);
        var second = _measurements.Start(Order("measure", "task/cell/2"));
        var third = _measurements.Start(Order("measure", "task/cell/3"));
        third.Stop();

        Assert.Equal(InferenceFailureKind.Stopped, (await third.Completion.WaitAsync(Cancellation)).Failure?.Kind);
        Assert.Equal(MeasurementPhase.Waiting, second.Progress.Phase);
        first.Stop();
        var result = await second.Completion.WaitAsync(Cancellation);

        Assert.Null(result.Failure);
        Assert.True(result.QueueNanoseconds > 0);
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_is_kept_in_memory_and_says_why()
    {
        File.WriteAllText(Path.Combine(_data.Path, "spool", _server.ToString("d")), "in the way");

        var running = _measurements.Start(Order("measure"));
        var result = await running.Completion.WaitAsync(Cancellation);

        Assert.Null(result.Failure);
        Assert.Contains("spool", running.SpoolProblem, StringComparison.Ordinal);
        Assert.Same(result, await _measurements.TakeAsync(result.Attempt));
    }

    [Fact]
    public async Task The_end_of_the_process_stops_all_and_takes_no_more()
    {
        var running = _measurements.Start(Order("hang"));
        await LoadingAsync(running);

        await _measurements.DisposeAsync();

        Assert.Equal(InferenceFailureKind.Stopped, (await running.Completion).Failure?.Kind);
        Assert.Throws<ObjectDisposedException>(() => _measurements.Start(Order("measure")));
    }

    private static async Task LoadingAsync(RunningMeasurement running)
    {
        await foreach (var progress in running.FollowAsync(Cancellation))
        {
            Assert.NotEqual(MeasurementPhase.Ended, progress.Phase);
            if (progress.Phase == MeasurementPhase.Loading)
            {
                return;
            }
        }
    }

    private MeasurementOrder Order(string behaviour, string attempt = "task/cell/1", int starts = 1)
    {
        var request = _requests.Behaving(behaviour);
        return new MeasurementOrder
        {
            Attempt = attempt,
            Server = _server,
            Image = request.Image,
            Job = request.Job,
            Files = request.Files,
            Limits = request.Limits,
            Options = new MeasurementOptions { Starts = starts, Memory = false },
            Model = new MeasuredModel { Sha256 = "00", Format = "onnx", Precision = "fp32", Flops = 1_000 },
        };
    }

    /// <summary>A clock on which a tenth of a second has passed at every look, so that starts take long however fast the machine is.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        private long _ticks;

        public override long GetTimestamp() => Interlocked.Add(ref _ticks, TimestampFrequency / 10);
    }
}

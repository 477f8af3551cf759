using System.Collections.Concurrent;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Images;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Runtimes;
using EdgeBench.Tests.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace EdgeBench.Tests.Agent;

/// <summary>Images are got ready while the device is idle, and never while it has something to do.</summary>
public sealed class ImagePreparationTests : AgentBench
{
    private static readonly RuntimeImageRef First = Sample.RunCell(Sample.Attempt(0)).Assignment.Image;
    private static readonly RuntimeImageRef Second = First with { Runtime = "tflite", DiffIds = ["sha256:1"] };

    private readonly FakeHost _host = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();

    private HostLock HostLock => new(Path.Combine(_folder.Path, "lock"), _time);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _folder.Dispose();
    }

    [Fact]
    public async Task An_idle_device_is_told_the_images_and_says_how_far_each_is()
    {
        var (agent, session) = await StartRegisteredAsync();
        Assert.True(Images.IsGoingOn);

        agent.Tell(new ToDevice.PrepareImages(Guid.NewGuid(), [Second]), Coordinator);
        agent.Tell(new ToDevice.PrepareImages(session, [First]), Coordinator);
        await Wait.UntilAsync(() => Images.Wanted.Count > 0, "the images");
        Images.Images = [new DeviceImage("onnxruntime", First.Identity(), ImagePhase.Loading)];

        Assert.Equal([First], Images.Wanted);
        await HearAsync<FromDevice.Heartbeat>(beat => beat.Images?.SequenceEqual(Images.Images) == true);
    }

    [Fact]
    public async Task A_measurement_begins_when_nothing_is_got_ready_any_more_and_its_end_lets_that_go_on()
    {
        var (agent, _) = await StartRegisteredAsync();
        var paused = new TaskCompletionSource();
        Images.MayPause = paused.Task;

        agent.Tell(Sample.RunCell(Sample.Attempt(0)), Coordinator);
        await HearAsync<FromDevice.AttemptStarted>();
        Assert.False(Images.IsGoingOn);
        Assert.Empty(Measurements.Begun);
        paused.SetResult();
        await Wait.UntilAsync(() => Measurements.IsFollowed(Sample.Attempt(0)), "the measurement");
        Assert.False(Images.IsGoingOn);

        Measurements.End(Sample.Attempt(0), Sample.Measured(1, 2, 3));
        await Wait.UntilAsync(() => Images.IsGoingOn, "images are got ready again");
    }

    [Fact]
    public async Task A_device_that_is_not_registered_or_holds_an_attempt_gets_no_images_ready()
    {
        Held.Add(Sample.RunCell(Sample.Attempt(0)));
        var agent = StartAgent();
        await HearAsync<FromDevice.Register>();
        Assert.False(Images.IsGoingOn);

        await RegisterAsync(agent, Sample.Attempt(0));
        await Wait.UntilAsync(() => Measurements.IsFollowed(Sample.Attempt(0)), "the measurement");
        Assert.False(Images.IsGoingOn);
        await StopAsync(agent);
        Assert.False(Images.IsGoingOn);
    }

    [Fact]
    public async Task One_image_after_the_other_is_brought_here_and_loaded()
    {
        await using var preparation = Start(First, Second);

        await AreAsync(preparation, ImagePhase.Ready, ImagePhase.Ready);
        Assert.Equal(["onnxruntime", "tflite"], _host.Prepared);

        preparation.Want([Second]);
        Assert.Equal([new DeviceImage("tflite", Second.Identity(), ImagePhase.Ready)], preparation.Images);
        Assert.Equal(2, _host.Prepared.Count);
    }

    [Fact]
    public async Task Two_runtimes_of_the_same_layers_are_two_images()
    {
        await using var preparation = Start(First, First with { Runtime = "other" });

        await AreAsync(preparation, ImagePhase.Ready, ImagePhase.Ready);
        Assert.Equal(["onnxruntime", "other"], preparation.Images.Select(image => image.Runtime));
    }

    [Fact]
    public async Task What_comes_here_or_is_loaded_breaks_off_at_once_and_goes_on_later()
    {
        Transfer.MayFetch = new TaskCompletionSource().Task;
        await using var preparation = Start(First);
        await AreAsync(preparation, ImagePhase.Fetching);
        await preparation.PauseAsync();
        Assert.Equal(ImagePhase.Waiting, preparation.Images[0].Phase);

        Transfer.MayFetch = Task.CompletedTask;
        _host.MayPrepare = new TaskCompletionSource().Task;
        preparation.Resume();
        await AreAsync(preparation, ImagePhase.Loading);
        await preparation.PauseAsync();
        Assert.Equal(ImagePhase.Waiting, preparation.Images[0].Phase);
        Assert.Empty(_host.Prepared);

        _host.MayPrepare = Task.CompletedTask;
        preparation.Want([First]);
        Assert.Equal(ImagePhase.Waiting, preparation.Images[0].Phase);
        preparation.Resume();
        await AreAsync(preparation, ImagePhase.Ready);
    }

    [Fact]
    public async Task What_cannot_be_had_is_said_and_tried_again_and_holds_up_no_other()
    {
        _host.Problems.Enqueue("the disk is full");
        await using var preparation = Start(First, Second);

        await AreAsync(preparation, ImagePhase.Failed, ImagePhase.Ready);
        Assert.Equal("the disk is full", preparation.Images[0].Problem);
        Assert.Contains(Printed.Lines, line => line.Contains("the disk is full", StringComparison.Ordinal));

        await Wait.UntilAsync(
            () =>
            {
                _time.Advance(ImagePreparation.RetryAfter);
                return preparation.Images[0].Phase == ImagePhase.Ready;
            },
            "the second try");
        Assert.Null(preparation.Images[0].Problem);
    }

    [Fact]
    public async Task Nothing_comes_here_or_is_loaded_while_another_edge_node_of_the_host_measures()
    {
        Transfer.FetchProblem = "asked while something was measured";
        var measurement = await HostLock.TakeAsync(() => Assert.Fail("nobody has it"), TestContext.Current.CancellationToken);
        await using var preparation = Start(First);
        await Wait.UntilAsync(
            () => Printed.Lines.Any(line => line.Contains("something is measured on this host", StringComparison.Ordinal)), "the wait");
        Assert.Equal(ImagePhase.Waiting, preparation.Images[0].Phase);
        await preparation.PauseAsync();

        preparation.Resume();
        Transfer.FetchProblem = null;
        measurement.Dispose();
        await Wait.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return preparation.Images[0].Phase == ImagePhase.Ready;
            },
            "the image");
        (await HostLock.TakeAsync(() => Assert.Fail("it is free again"), TestContext.Current.CancellationToken)).Dispose();
    }

    private ImagePreparation Start(params RuntimeImageRef[] images)
    {
        var preparation = new ImagePreparation(Transfer, _host, HostLock, _time, Printed);
        preparation.Want(images);
        Assert.All(preparation.Images, image => Assert.Equal(ImagePhase.Waiting, image.Phase));
        preparation.Resume();
        return preparation;
    }

    private static Task AreAsync(ImagePreparation preparation, params ImagePhase[] phases) => Wait.UntilAsync(
        () => preparation.Images.Select(image => image.Phase).SequenceEqual(phases), string.Join(", ", phases));

    /// <summary>Takes images as the test says.</summary>
    private sealed class FakeHost : IInferenceHost
    {
        private readonly ConcurrentQueue<string> _prepared = [];

        public Isolation Isolation => Isolation.Container;

        public IReadOnlyList<string> Prepared => [.. _prepared];

        /// <summary>Why the next fail, one each.</summary>
        public ConcurrentQueue<string> Problems { get; } = [];

        /// <summary>What preparing waits for.</summary>
        public Task MayPrepare { get; set; } = Task.CompletedTask;

        public async Task<InferenceFailure?> PrepareAsync(LocalImage image, CancellationToken cancellation)
        {
            await MayPrepare.WaitAsync(cancellation);
            if (Problems.TryDequeue(out var problem))
            {
                return new InferenceFailure(InferenceFailureKind.DiskNotUsable, problem);
            }

            _prepared.Enqueue(image.DiffIds[0] == First.DiffIds[0] ? First.Runtime : Second.Runtime);
            return null;
        }

        public Task<InferenceEnd> RunAsync(
            InferenceRequest request, IProgress<InferenceUpdate> progress, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public Task<SweepResult> SweepAsync(CancellationToken cancellation) => throw new NotSupportedException();
    }
}

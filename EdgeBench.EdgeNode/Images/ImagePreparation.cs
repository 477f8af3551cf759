using System.Collections.Immutable;
using EdgeBench.EdgeNode.Artifacts;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Runtimes;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Images;

/// <summary>One image after the other: brought here by HTTP, loaded into the engine. What fails is said, and tried again later.</summary>
/// <param name="artifacts">Brings images from the server.</param>
/// <param name="host">Where images are needed.</param>
/// <param name="hostLock">Held meanwhile, as another edge node of this host may be measuring.</param>
/// <param name="time">The clock of trying again.</param>
/// <param name="log">What people read.</param>
internal sealed class ImagePreparation(
    IArtifactTransfer artifacts, IInferenceHost host, HostLock hostLock, TimeProvider time, ILogger log)
    : IImagePreparation, IAsyncDisposable
{
    /// <summary>After so long what failed is tried again.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private const int LongestProblem = 500;

    private readonly Lock _gate = new();
    private ImmutableList<Entry> _entries = [];
    private bool _isPaused = true;
    private CancellationTokenSource? _stop;
    private Task _work = Task.CompletedTask;

    /// <inheritdoc />
    public IReadOnlyList<DeviceImage> Images
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Select(entry => entry.State)];
            }
        }
    }

    /// <inheritdoc />
    public void Want(IReadOnlyList<RuntimeImageRef> images)
    {
        lock (_gate)
        {
            _entries =
            [
                .. images.Select(image => _entries.Find(entry => entry.Is(image))
                    ?? new Entry(image, new DeviceImage(image.Runtime, image.Identity(), ImagePhase.Waiting))),
            ];
            // Where it only waits to try again what failed, it has something else to do now.
            if (_entries.All(entry => entry.State.Phase is not (ImagePhase.Fetching or ImagePhase.Loading)))
            {
                _ = _stop?.CancelAsync();
            }

            Begin();
        }
    }

    /// <inheritdoc />
    public void Resume()
    {
        lock (_gate)
        {
            _isPaused = false;
            Begin();
        }
    }

    /// <inheritdoc />
    public Task PauseAsync()
    {
        lock (_gate)
        {
            _isPaused = true;
            // Not here: what it ends would run on this thread, under the gate.
            _ = _stop?.CancelAsync();
            return _work;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await PauseAsync().ConfigureAwait(false);

    // Under the gate. Where the last work is just ending, its end begins the next.
    private void Begin()
    {
        if (_isPaused || _stop is not null || _entries.All(entry => entry.State.Phase == ImagePhase.Ready))
        {
            return;
        }

        _stop = new CancellationTokenSource();
        var stop = _stop.Token;
        _work = Task.Run(() => WorkAsync(stop), CancellationToken.None);
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        try
        {
            while (Images.Any(image => image.Phase != ImagePhase.Ready))
            {
                if (Next() is { } image)
                {
                    await PrepareAsync(image, stop).ConfigureAwait(false);
                }
                else
                {
                    await Task.Delay(RetryAfter, time, stop).ConfigureAwait(false);
                    TryFailedAgain();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The device has something to do.
        }
        finally
        {
            lock (_gate)
            {
                _entries = _entries.ConvertAll(entry => entry.State.Phase is ImagePhase.Fetching or ImagePhase.Loading
                    ? entry with { State = entry.State with { Phase = ImagePhase.Waiting } }
                    : entry);
                _stop = null;
                Begin();
            }
        }
    }

    private RuntimeImageRef? Next()
    {
        lock (_gate)
        {
            return _entries.Find(entry => entry.State.Phase == ImagePhase.Waiting)?.Image;
        }
    }

    private void TryFailedAgain()
    {
        lock (_gate)
        {
            _entries = _entries.ConvertAll(entry => entry.State.Phase == ImagePhase.Failed
                ? entry with { State = entry.State with { Phase = ImagePhase.Waiting } }
                : entry);
        }
    }

    private async Task PrepareAsync(RuntimeImageRef image, CancellationToken stop)
    {
        string? problem;
        try
        {
            problem = await TryPrepareAsync(image, stop).ConfigureAwait(false);
        }
        catch (Exception unexpected) when (unexpected is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            // Nothing that goes wrong here may touch a measurement, which tries the same and then tells it.
            problem = unexpected.Message;
        }

        if (problem is null)
        {
            log.LogInformation("the image of {Runtime} {Version} is ready", image.Runtime, image.Version);
            Set(image, ImagePhase.Ready);
        }
        else
        {
            log.LogWarning("the image of {Runtime} {Version} is not ready: {Problem}", image.Runtime, image.Version, problem);
            Set(image, ImagePhase.Failed, problem[..Math.Min(problem.Length, LongestProblem)]);
        }
    }

    private async Task<string?> TryPrepareAsync(RuntimeImageRef image, CancellationToken stop)
    {
        using var turn = await hostLock.TakeAsync(
            () => log.LogInformation("the image of {Runtime} waits: something is measured on this host", image.Runtime), stop)
            .ConfigureAwait(false);
        string? path = null;
        if (image.Tar is { } tar)
        {
            Set(image, ImagePhase.Fetching);
            var fetched = await artifacts.FetchAsync(tar, stop).ConfigureAwait(false);
            if (fetched.Problem is not null)
            {
                return fetched.Problem;
            }

            path = fetched.Path;
        }

        Set(image, ImagePhase.Loading);
        return (await host.PrepareAsync(LocalImage.Of(image, path), stop).ConfigureAwait(false))?.Message;
    }

    private void Set(RuntimeImageRef image, ImagePhase phase, string? problem = null)
    {
        lock (_gate)
        {
            _entries = _entries.ConvertAll(entry => entry.Is(image)
                ? entry with { State = entry.State with { Phase = phase, Problem = problem } }
                : entry);
        }
    }

    private sealed record Entry(RuntimeImageRef Image, DeviceImage State)
    {
        // Two runtimes may share every layer, and differ in how the program is called.
        public bool Is(RuntimeImageRef image) => State.Runtime == image.Runtime && State.Identity == image.Identity();
    }
}

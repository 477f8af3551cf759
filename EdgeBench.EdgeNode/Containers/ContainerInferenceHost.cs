using System.Collections.Concurrent;
using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Images;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>Runs runners in containers. One of it serves a process for as long as that lives.</summary>
/// <param name="engine">The engine.</param>
/// <param name="data">The identity of the data folder, by which leftovers are known.</param>
/// <param name="time">The clock.</param>
public sealed class ContainerInferenceHost(ContainerEngine engine, Guid data, TimeProvider time) : IInferenceHost
{
    private static readonly TimeSpan RemovalPause = TimeSpan.FromMilliseconds(500);

    private readonly ContainerImages _images = new(engine);
    private readonly ConcurrentDictionary<string, bool> _running = new();
    private EngineFacts? _facts;

    /// <inheritdoc/>
    public Isolation Isolation => Isolation.Container;

    /// <summary>
    /// How long to go on trying to remove a container while the engine does not answer: it needs 12 s to come back when it was killed.
    /// </summary>
    internal TimeSpan RemovalLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<InferenceEnd> RunAsync(InferenceRequest request, IProgress<InferenceUpdate> progress, CancellationToken cancellation)
    {
        request.Validate();
        var name = $"edgebench-{Guid.NewGuid():n}";
        var run = new ContainerRun(engine, request, name, data, progress, time);
        _running[name] = true;
        try
        {
            MemoryCheck.Check(request);
            _facts ??= await FactsAsync(cancellation).ConfigureAwait(false);
            await RemoveLeftoversAsync(cancellation).ConfigureAwait(false);
            var started = time.GetTimestamp();
            var (image, loaded) = await _images.EnsureAsync(request.Image, cancellation).ConfigureAwait(false);
            progress.Report(new InferenceUpdate.ImageReady(time.Nanoseconds(started), loaded));
            return await run.ToEndAsync(image, cancellation).ConfigureAwait(false) with { Engine = _facts, Warnings = run.Warnings };
        }
        catch (InferenceFailedException problem)
        {
            return new InferenceEnd { Failure = problem.Failure, Engine = _facts, Warnings = run.Warnings };
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new InferenceEnd { Failure = StopFailure.OnRequest, Engine = _facts, Warnings = run.Warnings };
        }
        finally
        {
            if (run.MayExist)
            {
                await RemoveAsync(name).ConfigureAwait(false);
            }

            _running.TryRemove(name, out _);
        }
    }

    /// <inheritdoc/>
    public async Task<InferenceFailure?> PrepareAsync(LocalImage image, CancellationToken cancellation)
    {
        try
        {
            await _images.EnsureAsync(image, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (InferenceFailedException problem)
        {
            return problem.Failure;
        }
    }

    /// <inheritdoc/>
    public async Task<SweepResult> SweepAsync(CancellationToken cancellation)
    {
        var removed = new List<string>();
        try
        {
            await RemoveLeftoversAsync(cancellation, removed.Add).ConfigureAwait(false);
            return new SweepResult(removed, null);
        }
        catch (InferenceFailedException problem)
        {
            var state = await engine.ProbeAsync(cancellation).ConfigureAwait(false);
            return new SweepResult(
                removed,
                state.Problem is { } dead ? new InferenceFailure(InferenceFailureKind.EngineNotRunning, dead.Message) : problem.Failure);
        }
    }

    private async Task<EngineFacts> FactsAsync(CancellationToken stop)
    {
        var state = await engine.ProbeAsync(stop).ConfigureAwait(false);
        return state.Facts ?? throw new InferenceFailedException(InferenceFailureKind.EngineNotRunning, state.Problem!.Message);
    }

    // Also before every run: a container whose engine was lost in the middle is still there when the engine has come back.
    private async Task RemoveLeftoversAsync(CancellationToken stop, Action<string>? removed = null)
    {
        IList<ContainerListResponse> leftovers;
        try
        {
            leftovers = await ListOwnAsync(stop).ConfigureAwait(false);
        }
        catch (InferenceFailedException) when (_facts is not null)
        {
            // The engine that was there is not any more, or another one is: ask anew, and say it in full.
            _facts = null;
            _facts = await FactsAsync(stop).ConfigureAwait(false);
            leftovers = await ListOwnAsync(stop).ConfigureAwait(false);
        }

        foreach (var container in leftovers.Where(container => !container.Names.Any(name => _running.ContainsKey(name.TrimStart('/')))))
        {
            await RemoveOnceAsync(container.ID, stop).ConfigureAwait(false);
            removed?.Invoke(container.Labels.TryGetValue(Sandbox.AttemptLabel, out var attempt) ? attempt : container.ID);
        }
    }

    private Task<IList<ContainerListResponse>> ListOwnAsync(CancellationToken stop)
    {
        var label = $"{Sandbox.DataLabel}={data.ToString("d", CultureInfo.InvariantCulture)}";
        var filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [label] = true } };
        return engine.AskAsync(
            "list containers",
            InferenceFailureKind.NotStarted,
            (client, cancellation) =>
                client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = filters }, cancellation),
            stop);
    }

    // Not to be stopped: a run that is stopped ends with this.
    private async Task RemoveAsync(string name)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                await RemoveOnceAsync(name, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (InferenceFailedException) when (time.GetElapsedTime(begun) < RemovalLimit)
            {
                await Task.Delay(RemovalPause, time).ConfigureAwait(false);
            }
            catch (InferenceFailedException)
            {
                // Its label stays: the next run, or the next start of the process, removes it.
                return;
            }
        }
    }

    private Task RemoveOnceAsync(string container, CancellationToken stop) => engine.AskAsync(
        "remove a container",
        InferenceFailureKind.Lost,
        async (client, cancellation) =>
        {
            try
            {
                await client.Containers.RemoveContainerAsync(
                    container, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancellation).ConfigureAwait(false);
            }
            catch (DockerContainerNotFoundException)
            {
                // It is gone, which is what was wanted.
            }
        },
        stop);
}

using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>One container's life, from its creation to its end. Whoever makes it removes the container.</summary>
internal sealed class ContainerRun(
    ContainerEngine engine, InferenceRequest request, string name, Guid data, IProgress<InferenceUpdate> progress, TimeProvider time)
{
    private const int BufferSize = 64 << 10;

    private readonly Lock _reporting = new();
    private long _started;

    /// <summary>Whether the engine may hold the container.</summary>
    public bool MayExist { get; private set; }

    /// <summary>What the engine said about limits that it cannot keep.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>Makes the container, runs it and waits for its end.</summary>
    /// <exception cref="InferenceFailedException">It did not come to an end by itself.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> came.</exception>
    public async Task<InferenceEnd> ToEndAsync(string image, CancellationToken stop)
    {
        var created = time.GetTimestamp();
        await CreateAsync(image).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        await CopyJobInAsync(stop).ConfigureAwait(false);

        // The order matters: attached before the start nothing is missed, and a wait before the start may answer at once.
        using var output = await engine.AskAsync(
            "attach to the container",
            InferenceFailureKind.NotStarted,
            (client, cancellation) => client.Containers.AttachContainerAsync(
                name, new ContainerAttachParameters { Stream = true, Stdout = true, Stderr = true }, cancellation),
            stop).ConfigureAwait(false);
        var createTime = time.Nanoseconds(created);

        _started = time.GetTimestamp();
        await engine.AskAsync(
            "start the container",
            InferenceFailureKind.NotStarted,
            (client, cancellation) => client.Containers.StartContainerAsync(name, new ContainerStartParameters(), cancellation),
            stop).ConfigureAwait(false);
        Report(new InferenceUpdate.RunnerStarted(createTime, time.Nanoseconds(_started)));

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var finding = FindProcessAsync(ended.Token);
        try
        {
            return await FollowAsync(output, stop).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await finding.ConfigureAwait(false);
        }
    }

    private async Task<InferenceEnd> FollowAsync(MultiplexedStream output, CancellationToken stop)
    {

        var heard = new RunnerOutput(request.Job, request.Limits.OutputBytes, Say, () => time.Nanoseconds(_started));
        using var wallTime = new CancellationTokenSource(request.Limits.WallTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, wallTime.Token);
        try
        {
            await ReadToEndAsync(output, heard, either.Token).ConfigureAwait(false);
            if (heard.Violation is { } violation)
            {
                return new InferenceEnd { Failure = violation };
            }

            var exit = await ExitAsync(either.Token).ConfigureAwait(false);
            return new InferenceEnd { Failure = heard.Conclude(exit), ExitCode = exit.Code };
        }
        catch (OperationCanceledException) when (wallTime.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return new InferenceEnd { Failure = StopFailure.TimedOut(request.Limits.WallTime, heard.LastOutput) };
        }
        catch (InferenceFailedException problem)
        {
            throw new InferenceFailedException(problem.Failure with { LastOutput = heard.LastOutput });
        }
    }

    // Not to be stopped: of a creation that is broken off nobody knows whether the engine goes on with it.
    private async Task CreateAsync(string image)
    {
        MayExist = true;
        var created = await engine.AskAsync(
            "create the container",
            InferenceFailureKind.NotStarted,
            (client, cancellation) => client.Containers.CreateContainerAsync(Sandbox.Describe(request, name, image, data), cancellation),
            CancellationToken.None).ConfigureAwait(false);
        Warnings = [.. created.Warnings ?? []];
    }

    private async Task CopyJobInAsync(CancellationToken stop)
    {
        var archive = JobArchive.Open(request, out var writing);
        try
        {
            await engine.AskAsync(
                "take the model in",
                InferenceFailureKind.NotStarted,
                (client, cancellation) => client.Containers.ExtractArchiveToContainerAsync(
                    name, new CopyToContainerParameters { Path = Sandbox.JobFolder }, archive, cancellation),
                stop).ConfigureAwait(false);
        }
        catch (InferenceFailedException) when (writing.IsFaulted)
        {
            // Then it is our file that cannot be read, and no fault of the engine; the await below says so.
        }
        finally
        {
            await archive.DisposeAsync().ConfigureAwait(false);
        }

        try
        {
            await writing.ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InferenceFailedException(
                InferenceFailureKind.DiskNotUsable, $"a file of the job cannot be read: {problem.Message}", problem);
        }
    }

    private static async Task ReadToEndAsync(MultiplexedStream output, RunnerOutput heard, CancellationToken stop)
    {
        var buffer = new byte[BufferSize];
        var goOn = true;
        while (goOn)
        {
            MultiplexedStream.ReadResult read;
            try
            {
                read = await output.ReadOutputAsync(buffer, 0, buffer.Length, stop).ConfigureAwait(false);
            }
            catch (Exception problem) when (problem is IOException or HttpRequestException or ObjectDisposedException)
            {
                stop.ThrowIfCancellationRequested();
                throw new InferenceFailedException(
                    InferenceFailureKind.Lost, $"the engine was lost in the middle of the run: {problem.Message}", problem);
            }

            goOn = !read.EOF && (read.Target == MultiplexedStream.TargetStream.StandardError
                ? heard.AcceptErrors(buffer.AsSpan(0, read.Count))
                : heard.AcceptLines(buffer.AsSpan(0, read.Count)));
        }
    }

    private async Task<RunnerExit> ExitAsync(CancellationToken stop)
    {
        // A runner may close its output and go on, for as long as its wall time lasts; so there is no limit to the engine's silence here.
        await engine.AskAsync(
            "wait for the container",
            InferenceFailureKind.Lost,
            (client, cancellation) => client.Containers.WaitContainerAsync(name, cancellation),
            stop,
            request.Limits.WallTime).ConfigureAwait(false);
        var ended = await engine.AskAsync(
            "look at the container",
            InferenceFailureKind.Lost,
            (client, cancellation) => client.Containers.InspectContainerAsync(name, cancellation),
            stop).ConfigureAwait(false);
        return ended.State is { } state
            ? new RunnerExit((int)state.ExitCode, state.OOMKilled)
            : throw new InferenceFailedException(InferenceFailureKind.Lost, "the engine does not say how the container ended");
    }

    // Beside the reading, which is not to wait for it: when a line comes is part of what is measured.
    private async Task FindProcessAsync(CancellationToken stop)
    {
        try
        {
            var container = await engine.AskAsync(
                "look at the container",
                InferenceFailureKind.Lost,
                (client, cancellation) => client.Containers.InspectContainerAsync(name, cancellation),
                stop).ConfigureAwait(false);
            if (container.State is { Running: true, Pid: > 0 } state)
            {
                Report(new InferenceUpdate.ProcessFound(new HostProcess((int)state.Pid, OwnControlGroup: true)));
            }
        }
        catch (Exception problem) when (problem is InferenceFailedException or OperationCanceledException)
        {
            // The run itself says what is wrong with the engine; and of a runner that has ended there is no process to find.
        }
    }

    private void Say(RunnerLine line) => Report(new InferenceUpdate.RunnerSaid(line, time.Nanoseconds(_started)));

    private void Report(InferenceUpdate update)
    {
        lock (_reporting)
        {
            progress.Report(update);
        }
    }
}

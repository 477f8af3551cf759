using System.ComponentModel;
using System.Diagnostics;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Images;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Nodes;

namespace EdgeBench.EdgeNode.Processes;

/// <summary>
/// Runs runners as child processes, with the host's C library. That is no sandbox: only the CPUs are set, the memory and the time are
/// watched, and the environment is empty. One of it serves a process for as long as that lives.
/// </summary>
/// <param name="data">Where runtimes are unpacked and job folders made.</param>
/// <param name="time">The clock.</param>
public sealed class ProcessInferenceHost(DataFolder data, TimeProvider time) : IInferenceHost, IDisposable
{
    private readonly UnpackedRuntimes _runtimes = new(data.Runtimes);
    private readonly ChildCommand _command = new();
    private readonly ChildLauncher _launcher = new();

    /// <inheritdoc/>
    public Isolation Isolation => Isolation.Process;

    /// <inheritdoc/>
    public async Task<InferenceEnd> RunAsync(InferenceRequest request, IProgress<InferenceUpdate> progress, CancellationToken cancellation)
    {
        request.Validate();
        try
        {
            MemoryCheck.Check(request);
            var begun = time.GetTimestamp();
            var (runtime, unpacked) = await _runtimes.EnsureAsync(request.Image, cancellation).ConfigureAwait(false);
            progress.Report(new InferenceUpdate.ImageReady(time.Nanoseconds(begun), unpacked));

            var created = time.GetTimestamp();
            var folder = ChildFolder.Make(data.Jobs, request);
            try
            {
                var command = await _command.DescribeAsync(
                    runtime.Program, runtime.Environment, request.Limits.Cpus, folder.Job, folder.Scratch).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                return await RunAsync(request, command, folder, time.Nanoseconds(created), progress, cancellation).ConfigureAwait(false);
            }
            finally
            {
                folder.Delete();
            }
        }
        catch (InferenceFailedException problem)
        {
            return new InferenceEnd { Failure = problem.Failure };
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new InferenceEnd { Failure = StopFailure.OnRequest };
        }
    }

    /// <inheritdoc/>
    public async Task<InferenceFailure?> PrepareAsync(LocalImage image, CancellationToken cancellation)
    {
        try
        {
            await _runtimes.EnsureAsync(image, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (InferenceFailedException problem)
        {
            return problem.Failure;
        }
    }

    /// <inheritdoc/>
    public Task<SweepResult> SweepAsync(CancellationToken cancellation) => ChildSweep.RunAsync(data.Jobs, cancellation);

    /// <summary>Ends what still runs.</summary>
    public void Dispose() => _launcher.Dispose();

    private async Task<InferenceEnd> RunAsync(
        InferenceRequest request,
        ProcessStartInfo command,
        ChildFolder folder,
        long createTime,
        IProgress<InferenceUpdate> progress,
        CancellationToken stop)
    {
        var started = time.GetTimestamp();
        using var process = await StartAsync(command).ConfigureAwait(false);
        var heard = new RunnerOutput(
            request.Job,
            request.Limits.OutputBytes,
            line => progress.Report(new InferenceUpdate.RunnerSaid(line, time.Nanoseconds(started))),
            () => time.Nanoseconds(started));
        using var wallTime = new CancellationTokenSource(request.Limits.WallTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, wallTime.Token);
        try
        {
            Record(process, request.Attempt, folder);
            progress.Report(new InferenceUpdate.RunnerStarted(createTime, time.Nanoseconds(started)));
            progress.Report(new InferenceUpdate.ProcessFound(new HostProcess(process.Id, OwnControlGroup: false)));

            await using var memory = new MemoryWatch(process.Id, request.Limits.MemoryBytes, time);
            var survivors = EndSurvivorsAsync(process, folder.Scratch, either.Token);
            await ReadToEndAsync(process, heard, memory, either.Token).ConfigureAwait(false);
            if (heard.Violation is { } violation)
            {
                return new InferenceEnd { Failure = violation };
            }

            await survivors.ConfigureAwait(false);
            var exit = new RunnerExit(process.ExitCode, memory.Exceeded);
            return new InferenceEnd { Failure = heard.Conclude(exit), ExitCode = exit.Code };
        }
        catch (OperationCanceledException) when (wallTime.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return new InferenceEnd { Failure = StopFailure.TimedOut(request.Limits.WallTime, heard.LastOutput) };
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            ProcessTable.EndAllWithin(folder.Scratch);
        }
    }

    // What a runner leaves behind may hold its output open, which would then never end.
    private static async Task EndSurvivorsAsync(Process process, string scratch, CancellationToken stop)
    {
        await process.WaitForExitAsync(stop).ConfigureAwait(false);
        ProcessTable.EndAllWithin(scratch);
    }

    private async Task<Process> StartAsync(ProcessStartInfo command)
    {
        try
        {
            return await _launcher.StartAsync(command).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException)
        {
            throw ChildCommand.NotStarted(problem);
        }
    }

    private static void Record(Process process, string attempt, ChildFolder folder)
    {
        // A child that has ended already needs no record.
        if (ProcessTable.StartTicks(process.Id) is not { } ticks)
        {
            return;
        }

        try
        {
            folder.Write(new ChildRecord(attempt, process.Id, ticks, MachineBoot.Current));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InferenceFailedException(
                InferenceFailureKind.DiskNotUsable, DataFolderException.Describe(folder.Root, problem), problem);
        }
    }

    private static async Task ReadToEndAsync(Process process, RunnerOutput heard, MemoryWatch memory, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop, memory.Token);
        var lines = ReadAsync(process.StandardOutput.BaseStream, (bytes, output) => output.AcceptLines(bytes), heard, enough);
        var errors = ReadAsync(process.StandardError.BaseStream, (bytes, output) => output.AcceptErrors(bytes), heard, enough);
        try
        {
            await Task.WhenAll(lines, errors).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The reading was ended by us, for what the caller finds in the output or the memory.
            if (memory.Exceeded)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static async Task ReadAsync(Stream stream, Accept accept, RunnerOutput heard, CancellationTokenSource enough)
    {
        var buffer = new byte[64 << 10];
        int count;
        while ((count = await stream.ReadAsync(buffer, enough.Token).ConfigureAwait(false)) > 0)
        {
            if (!accept(buffer.AsSpan(0, count), heard))
            {
                await enough.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
    }

    private delegate bool Accept(ReadOnlySpan<byte> bytes, RunnerOutput output);
}

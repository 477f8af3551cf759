using System.Globalization;
using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>A container engine behind its address. Engines come and go; this stays and asks again.</summary>
public sealed class ContainerEngine : IDisposable
{
    // An engine that was killed takes 12 s and more to come back, and longer on a slow board.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private readonly Uri _address;

    /// <summary>Prepares to talk to the engine; connects to nothing yet.</summary>
    /// <param name="address">Its address, see <see cref="EngineAddress"/>.</param>
    public ContainerEngine(Uri address)
    {
        _address = address;
        Client = IsUsable ? new DockerClientBuilder().WithEndpoint(address).WithTimeout(Timeout.InfiniteTimeSpan).Build() : null;
    }

    private bool IsUsable => _address.Scheme is "unix" or "tcp" or "http" or "https";

    private DockerClient? Client { get; }

    /// <summary>Asks the engine what it is.</summary>
    public async Task<EngineState> ProbeAsync(CancellationToken cancellation)
    {
        if (Client is null)
        {
            return Unusable(
                EngineProblemKind.AddressNotUsable,
                $"the engine address {_address} cannot be used; set DOCKER_HOST to unix:///PATH or tcp://HOST:PORT");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        try
        {
            var version = await Client.System.GetVersionAsync(limit.Token).ConfigureAwait(false);
            var info = await Client.System.GetSystemInfoAsync(limit.Token).ConfigureAwait(false);
            var isPodman = version.Components?.Any(part => part.Name.Contains("Podman", StringComparison.OrdinalIgnoreCase)) ?? false;
            return new EngineState(
                new EngineFacts(
                    isPodman ? "podman" : "docker",
                    version.Version,
                    version.APIVersion,
                    CgroupVersion(info),
                    [.. info.Warnings ?? []]),
                null);
        }
        catch (Exception problem) when (!cancellation.IsCancellationRequested)
        {
            return new EngineState(null, Explain(problem));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Client?.Dispose();

    /// <summary>Asks the engine for something, with a limit to its silence.</summary>
    /// <param name="what">What is asked for, as the end of "the engine refuses to ...".</param>
    /// <param name="refusal">The kind of failure where it refuses.</param>
    /// <param name="ask">The request.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="limit">How long to wait, where that is not the usual limit.</param>
    /// <exception cref="InferenceFailedException">It refuses, or does not answer.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> came.</exception>
    internal async Task<T> AskAsync<T>(
        string what,
        InferenceFailureKind refusal,
        Func<DockerClient, CancellationToken, Task<T>> ask,
        CancellationToken stop,
        TimeSpan? limit = null)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bounded.CancelAfter(limit ?? AnswerLimit);
        try
        {
            var client = Client ?? throw new InferenceFailedException(
                InferenceFailureKind.EngineNotRunning, $"the engine address {_address} cannot be used");
            return await ask(client, bounded.Token).ConfigureAwait(false);
        }
        catch (DockerApiException problem)
        {
            var message = EngineMessage.Of(problem);
            var kind = message.Contains("no space left on device", StringComparison.Ordinal) ? InferenceFailureKind.DiskNotUsable : refusal;
            throw new InferenceFailedException(kind, $"the engine refuses to {what}: {message}", problem);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or SocketException or TimeoutException)
        {
            stop.ThrowIfCancellationRequested();
            throw new InferenceFailedException(
                InferenceFailureKind.Lost, $"the engine was lost when asked to {what}: {problem.Message}", problem);
        }
        catch (OperationCanceledException problem) when (!stop.IsCancellationRequested)
        {
            throw new InferenceFailedException(InferenceFailureKind.Lost, $"the engine does not answer when asked to {what}", problem);
        }
    }

    /// <inheritdoc cref="AskAsync{T}"/>
    internal Task AskAsync(
        string what, InferenceFailureKind refusal, Func<DockerClient, CancellationToken, Task> ask, CancellationToken stop) =>
        AskAsync(
            what,
            refusal,
            async (client, cancellation) =>
            {
                await ask(client, cancellation).ConfigureAwait(false);
                return true;
            },
            stop);

    private static int? CgroupVersion(SystemInfoResponse info) =>
        int.TryParse(info.CgroupVersion?.TrimStart('v'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;

    private static EngineState Unusable(EngineProblemKind kind, string message) => new(null, new EngineProblem(kind, message));

    private EngineProblem Explain(Exception problem)
    {
        for (var cause = problem; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException { SocketErrorCode: SocketError.AccessDenied } or UnauthorizedAccessException)
            {
                return new EngineProblem(
                    EngineProblemKind.PermissionDenied,
                    $"this user may not use the engine at {_address}; run 'sudo usermod -aG docker $USER' and log in again");
            }

            if (cause is FileNotFoundException or SocketException
                {
                    SocketErrorCode: SocketError.ConnectionRefused or SocketError.AddressNotAvailable or SocketError.HostNotFound,
                })
            {
                return NothingListens();
            }
        }

        return _address.Scheme == "unix" && !File.Exists(_address.AbsolutePath) ? NothingListens() : new EngineProblem(
            EngineProblemKind.NotAnswering, $"what listens at {_address} does not answer as a container engine does: {problem.Message}");
    }

    private EngineProblem NothingListens() => EngineProgram.IsInstalled()
        ? new EngineProblem(
            EngineProblemKind.NotRunning,
            $"no container engine listens at {_address}; start it ('sudo systemctl start docker'), or set DOCKER_HOST to where it listens")
        : new EngineProblem(
            EngineProblemKind.NotInstalled,
            "no container engine is installed; install Docker ('sudo apt-get install docker.io'), or allow --isolation process");
}

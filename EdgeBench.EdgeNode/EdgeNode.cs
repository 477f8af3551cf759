using EdgeBench.EdgeNode.Agent;
using EdgeBench.EdgeNode.Artifacts;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Images;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.EdgeNode.Processes;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Nodes;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode;

/// <summary>
/// An edge node within this process: it joins a server's cluster, and joins again whenever the server was lost, and measures what it is
/// given. It says what
/// it does, and what is wrong, in the log.
/// </summary>
public sealed class EdgeNode : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly Stack<IAsyncDisposable> _owned;
    private readonly Lazy<Task> _stopped;

    private EdgeNode(DeviceId device, DeviceName name, JoinLoop loop, Stack<IAsyncDisposable> owned)
    {
        (Device, Name, _owned) = (device, name, owned);
        Completion = Task.Run(() => loop.RunAsync(_stop.Token));
        _stopped = new Lazy<Task>(StopOnceAsync);
    }

    /// <summary>Who the device is: an identity that lies in the data folder.</summary>
    public DeviceId Device { get; }

    /// <summary>What people call it.</summary>
    public DeviceName Name { get; }

    /// <summary>
    /// Ends when the node was stopped. Fails only where something is broken in the node itself: nothing that is wrong around it ends it.
    /// </summary>
    public Task Completion { get; }

    /// <summary>
    /// Starts an edge node: opens the data folder, removes what an earlier process left running, and begins to join. Returns before it has
    /// joined.
    /// </summary>
    /// <param name="options">What it must be told.</param>
    /// <param name="loggers">Where its log goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="DataFolderException">The data folder cannot be used; the message says what to do.</exception>
    public static async Task<EdgeNode> StartAsync(
        EdgeOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var owned = new Stack<IAsyncDisposable>();
        try
        {
            var log = loggers.CreateLogger("EdgeBench.EdgeNode");
            var data = Own(owned, DataFolder.Open(options.Data));
            var facts = DeviceFactsReader.ReadThisDevice();
            var engine = options.Isolation == Isolation.Container
                ? Own(owned, new ContainerEngine(options.Engine ?? EngineAddress.Find()))
                : null;
            IInferenceHost host = engine is not null
                ? new ContainerInferenceHost(engine, data.Identity, time)
                : Own(owned, new ProcessInferenceHost(data, time));
            await SweepAsync(host, log, cancellation).ConfigureAwait(false);

            var translation = new OutcomeTranslation(facts);
            var machine = options.Machine ?? Own(owned, new Machine(data, engine));
            var hostLock = new HostLock(options.HostLockFile, time);
            var running = new RunningMeasurements(new MeasuringParts(host, machine, time), hostLock, data.Spool);
            owned.Push(running);
            var http = Own(owned, new HttpClient(new SocketsHttpHandler
            {
                ConnectTimeout = TimeSpan.FromSeconds(5),
                // A server may come back under its name at another address.
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            })
            { Timeout = Timeout.InfiniteTimeSpan });

            var settings = new AgentSettings
            {
                Device = new DeviceId(data.Identity),
                Name = options.Name ?? DefaultName(facts, data.Identity),
                Token = options.Token,
            };
            IArtifactTransfer transfer = new ArtifactTransfer(options.Join, options.Token, http, data.Artifacts, time);
            if (options.PackagedImages is { } packaged)
            {
                transfer = new PackagedImages(packaged, transfer, log);
            }

            var images = new ImagePreparation(transfer, host, hostLock, time, log);
            owned.Push(images);
            var parts = new AgentParts(
                new HostDevice(facts, options.Isolation, engine, machine),
                transfer,
                images,
                new ProcessMeasurements(running, translation, facts, log),
                new HeldAttempts(),
                new Outcomes(data.Spool, translation),
                time,
                log);
            var sessions = new ClusterSessions(
                settings,
                parts,
                [NodeNames.ArchitectureRole(facts.Architecture), NodeNames.DeviceRole(facts.Kind)],
                options.PublicHost,
                new RememberedPort(Path.Combine(data.Path, "port"), options.Port),
                loggers);
            var loop = new JoinLoop(
                options.Join, settings.Device, settings.Name, new JoinClient(options.Join, options.Token, http), sessions, time, log);
            return new EdgeNode(settings.Device, settings.Name, loop, owned);
        }
        catch
        {
            await ReleaseAsync(owned).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Stops it: the server is told, what is being measured is stopped and its container removed, the cluster is left. Within a minute or
    /// so, whatever happens.
    /// </summary>
    public Task StopAsync() => _stopped.Value;

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task StopOnceAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await Completion.ConfigureAwait(false);
        }
        finally
        {
            await ReleaseAsync(_owned).ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    private static async Task SweepAsync(IInferenceHost host, ILogger log, CancellationToken cancellation)
    {
        var swept = await host.SweepAsync(cancellation).ConfigureAwait(false);
        if (swept.Removed.Count > 0)
        {
            log.LogInformation("removed what an earlier process left running: {Attempts}", string.Join(", ", swept.Removed));
        }

        if (swept.Failure is { } failure)
        {
            log.LogWarning("what an earlier process may have left running is not removed yet: {Problem}", failure.Message);
        }
    }

    private static DeviceName DefaultName(DeviceFacts facts, Guid identity) =>
        DeviceName.TryParse(facts.HostName.Value?.Split('.')[0], null, out var name)
            ? name
            : new DeviceName($"edge-{identity.ToString("n")[..8]}");

    private static T Own<T>(Stack<IAsyncDisposable> owned, T disposable)
        where T : IDisposable
    {
        owned.Push(new Owned(disposable));
        return disposable;
    }

    private static async Task ReleaseAsync(Stack<IAsyncDisposable> owned)
    {
        while (owned.TryPop(out var next))
        {
            await next.DisposeAsync().AsTask().WaitAsync(StopLimit).ConfigureAwait(false);
        }
    }

    private sealed class Owned(IDisposable disposable) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            disposable.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

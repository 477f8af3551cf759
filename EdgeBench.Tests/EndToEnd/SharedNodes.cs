using EdgeBench.Tests.Containers;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>A server and an edge node with containers for the tests that leave them as they were. Started when a test first asks.</summary>
public sealed class SharedNodes : IAsyncDisposable
{
    private readonly Lazy<Task<Installation>> _start;

    public SharedNodes(PrivateEngine engine, BuiltImages images) => _start = new(async () =>
    {
        var installation = await Installation.WithContainersAsync(engine, images);
        (Server, Edge) = await installation.StartNodesAsync();
        return installation;
    });

    internal CommandProcess Server { get; set; } = null!;

    internal CommandProcess Edge { get; set; } = null!;

    internal Task<Installation> StartedAsync() => _start.Value;

    /// <summary>Shows what the nodes have said so far, for a test that failed.</summary>
    internal void ShowSaid()
    {
        if (_start is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"--- server\n{Server.Said}--- edge\n{Edge.Said}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_start.IsValueCreated && _start.Value.IsCompletedSuccessfully)
        {
            await (await _start.Value).DisposeAsync();
        }
    }
}

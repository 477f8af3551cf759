using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeBench.Client;

/// <summary>Which server to ask, and how patiently.</summary>
public sealed record ClientOptions
{
    /// <summary>The server: <c>HOST</c> or <c>HOST:PORT</c>, an IPv6 address in brackets.</summary>
    public string Server { get; init; } = "localhost";

    /// <summary>The server's token, which stands in the file <c>token</c> of its data folder.</summary>
    public required string Token { get; init; }

    /// <summary>Where the log of the connection goes.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>How long one question may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long <see cref="EdgeBenchClient.WatchAsync"/> goes on asking a server that does not answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);
}

using System.Net;
using Akka.Configuration;
using EdgeBench.Cluster.Conversion;
using EdgeBench.Cluster.Coordination;
using EdgeBench.Messages.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeBench.Cluster;

/// <summary>What a server is told. Only the data folder has no default.</summary>
public sealed record ServerOptions
{
    /// <summary>The port on which servers and edges speak to each other, where nothing else was said.</summary>
    public const int DefaultAkkaPort = 4053;

    /// <summary>Where everything lies that must outlive the server: journal, artifacts, token.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The runtime images that have been built; null means <c>runtimes</c> in the data folder.</summary>
    public string? RuntimesFolder { get; init; }

    /// <summary>The runtimes that people added; null means <c>runtimes</c> in the data folder.</summary>
    public string? AddedRuntimesFolder { get; init; }

    /// <summary>The address to listen on. Beyond loopback it wants <see cref="Insecure"/>.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Loopback;

    /// <summary>Whether it is known and wanted that the connections of other machines are not encrypted.</summary>
    public bool Insecure { get; init; }

    /// <summary>The HTTP port; 0 takes a free one.</summary>
    public int HttpPort { get; init; } = NodeNames.DefaultHttpPort;

    /// <summary>The port of the cluster; 0 takes a free one.</summary>
    public int AkkaPort { get; init; } = DefaultAkkaPort;

    /// <summary>
    /// The name by which others reach this machine; null means the address it listens on, or that of the way out where it listens on all.
    /// </summary>
    public string? PublicHost { get; init; }

    /// <summary>Where the log goes.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How often a device is to send a heartbeat.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>For how long a device may be silent before it counts as away.</summary>
    public TimeSpan DeviceAwayAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long a device may be away before its cells end.</summary>
    public TimeSpan DeviceLostAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long one conversion may take.</summary>
    public TimeSpan ConversionLimit { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The greatest memory of one conversion in bytes; null leaves it to <see cref="ConversionProcess"/>.</summary>
    public long? ConversionMemory { get; init; }

    /// <summary>The greatest length of an artifact in bytes.</summary>
    public long MaximumArtifactBytes { get; init; } = 4L << 30;

    /// <summary>Takes the place of the conversion of models.</summary>
    internal IModelConversion? Conversion { get; init; }

    /// <summary>Takes the place of the runtime images that have been built.</summary>
    internal IRuntimes? Runtimes { get; init; }

    /// <summary>Settings of Akka that count over all others.</summary>
    internal Config? Settings { get; init; }

    /// <summary>How long a question for events is held back where there are none.</summary>
    internal TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an ended task stays in memory when nobody asks for it.</summary>
    internal TimeSpan TaskIdleAfter { get; init; } = TimeSpan.FromMinutes(2);
}

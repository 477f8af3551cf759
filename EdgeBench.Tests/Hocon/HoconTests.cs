using System.Reflection;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Persistence.Sql;
using EdgeBench.Messages.Nodes;

namespace EdgeBench.Tests.Hocon;

public sealed class HoconTests
{
    /// <summary>Keys that a person chose: names of serializers, types and dispatchers.</summary>
    private static readonly string[] OwnKeys =
    [
        "akka.actor.serializers.edgebench-wire",
        "akka.actor.serializers.edgebench-journal",
        "akka.actor.serialization-bindings.EdgeBench",
        "edgebench.conversion-dispatcher.",
    ];

    public static TheoryData<string> Files => [.. HoconFiles.Names];

    [Fact]
    public void Every_file_of_the_folder_is_embedded() => Assert.Equal(
        Directory.GetFiles(Repository.PathOf("hocon")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal),
        HoconFiles.Names);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_has_no_key_that_nothing_reads(string name)
    {
        var reference = Reference();
        var unknown = from path in Paths(HoconFiles.Load(name).Root)
                      where !OwnKeys.Any(own => path.Replace("\"", "", StringComparison.Ordinal).StartsWith(own, StringComparison.Ordinal))
                      where !reference.HasPath(path)
                      select path;

        Assert.Empty(unknown);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_says_something_and_reads_no_environment(string name)
    {
        var text = File.ReadAllText(Repository.PathOf("hocon", $"{name}.conf"));

        Assert.NotEmpty(Paths(HoconFiles.Load(name).Root));
        Assert.DoesNotContain("${", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_has_these_values()
    {
        var config = NodeSystem.Configure(new NodeOptions
        {
            Kind = NodeKind.Server,
            ListenAddress = "0.0.0.0",
            PublicHost = "lab-server",
            Port = 4053,
        });

        Assert.Equal("cluster", config.GetString("akka.actor.provider"));
        Assert.Equal(["server"], config.GetStringList("akka.cluster.roles"));
        Assert.Equal("0.0.0.0", config.GetString("akka.remote.dot-netty.tcp.hostname"));
        Assert.Equal("lab-server", config.GetString("akka.remote.dot-netty.tcp.public-hostname"));
        Assert.Equal(4053, config.GetInt("akka.remote.dot-netty.tcp.port"));
        Assert.Equal(TimeSpan.FromSeconds(10), config.GetTimeSpan("akka.cluster.failure-detector.acceptable-heartbeat-pause"));
        Assert.Equal(1000, config.GetInt("akka.cluster.failure-detector.monitored-by-nr-of-members"));
        Assert.Equal(TimeSpan.FromSeconds(2), config.GetTimeSpan("akka.coordinated-shutdown.phases.cluster-leave.timeout"));
        Assert.Equal(TimeSpan.FromSeconds(2), config.GetTimeSpan("akka.coordinated-shutdown.phases.cluster-exiting.timeout"));
        Assert.Equal("server", config.GetString("akka.cluster.client.receptionist.role"));
        Assert.Equal(TimeSpan.FromSeconds(60), config.GetTimeSpan("akka.cluster.client.receptionist.response-tunnel-receive-timeout"));
        Assert.False(config.GetBoolean("akka.cluster.client.use-legacy-serialization"));
        Assert.Equal("akka.persistence.journal.sql", config.GetString("akka.persistence.journal.plugin"));
        Assert.Equal("SQLite.MS", config.GetString("akka.persistence.journal.sql.provider-name"));
        Assert.Equal("default", config.GetString("akka.persistence.journal.sql.table-mapping"));
        Assert.Equal("TagTable", config.GetString("akka.persistence.journal.sql.tag-write-mode"));
        Assert.True(config.GetBoolean("akka.persistence.journal.sql.auto-initialize"));
        Assert.Equal(TimeSpan.FromSeconds(10), config.GetTimeSpan("akka.persistence.journal.sql.circuit-breaker.call-timeout"));
        Assert.Equal(TimeSpan.FromSeconds(5), config.GetTimeSpan("akka.persistence.journal.sql.circuit-breaker.reset-timeout"));
        Assert.Equal(5, config.GetInt("akka.persistence.journal.sql.circuit-breaker.max-failures"));
        Assert.Equal("ForkJoinDispatcher", config.GetString("edgebench.conversion-dispatcher.type"));
        Assert.Equal(2, config.GetInt("edgebench.conversion-dispatcher.dedicated-thread-pool.thread-count"));
        AssertCommon(config);
        AssertMember(config);
    }

    [Fact]
    public void An_edge_has_these_values()
    {
        var config = NodeSystem.Configure(new NodeOptions
        {
            Kind = NodeKind.Edge,
            Roles = [NodeNames.ArchitectureRole("arm64"), NodeNames.DeviceRole("rpi4")],
        });

        Assert.Equal("cluster", config.GetString("akka.actor.provider"));
        Assert.Equal(["edge", "arch-arm64", "device-rpi4"], config.GetStringList("akka.cluster.roles"));
        Assert.Equal("127.0.0.1", config.GetString("akka.remote.dot-netty.tcp.public-hostname"));
        Assert.Equal(TimeSpan.FromHours(1), config.GetTimeSpan("akka.cluster.failure-detector.acceptable-heartbeat-pause"));
        Assert.Equal(1, config.GetInt("akka.cluster.failure-detector.monitored-by-nr-of-members"));
        Assert.False(config.HasPath("akka.persistence.journal.plugin"));
        AssertCommon(config);
        AssertMember(config);
    }

    [Fact]
    public void A_client_has_these_values()
    {
        var config = NodeSystem.Configure(new NodeOptions { Kind = NodeKind.Client });

        Assert.Equal("remote", config.GetString("akka.actor.provider"));
        Assert.Empty(config.GetStringList("akka.cluster.roles"));
        Assert.False(config.GetBoolean("akka.cluster.client.use-legacy-serialization"));
        Assert.Equal(TimeSpan.FromSeconds(2), config.GetTimeSpan("akka.cluster.client.heartbeat-interval"));
        Assert.Equal(TimeSpan.FromSeconds(13), config.GetTimeSpan("akka.cluster.client.acceptable-heartbeat-pause"));
        Assert.Equal(100, config.GetInt("akka.cluster.client.buffer-size"));
        AssertCommon(config);
    }

    [Fact]
    public void A_name_with_quotes_stays_a_name()
    {
        var config = NodeSystem.Configure(new NodeOptions { Kind = NodeKind.Edge, Roles = ["device-\"a\\b\""] });

        Assert.Equal("device-\"a\\b\"", config.GetStringList("akka.cluster.roles")[1]);
    }

    private static void AssertCommon(Config config)
    {
        Assert.Equal(["EdgeBench.Messages.Nodes.HostLogger, EdgeBench.Messages"], config.GetStringList("akka.loggers"));
        Assert.Equal("INFO", config.GetString("akka.loglevel"));
        Assert.Equal("OFF", config.GetString("akka.stdout-loglevel"));
        Assert.Equal("EdgeBench.Messages.Nodes.SilentLogger, EdgeBench.Messages", config.GetString("akka.stdout-logger-class"));
        Assert.Equal("off", config.GetString("akka.log-dead-letters"));
        Assert.Equal(TimeSpan.FromSeconds(10), config.GetTimeSpan("akka.actor.ask-timeout"));
        Assert.False(config.GetBoolean("akka.coordinated-shutdown.run-by-clr-shutdown-hook"));
        Assert.False(config.GetBoolean("akka.actor.serialization-settings.allow-unregistered-types"));
        Assert.StartsWith(
            "EdgeBench.Messages.Serialization.RejectingSerializer",
            config.GetString("akka.actor.serializers.json"),
            StringComparison.Ordinal);
        Assert.Equal(64_000, config.GetByteSize("akka.remote.log-frame-size-exceeding"));
        Assert.False(config.GetBoolean("akka.remote.log-remote-lifecycle-events"));
        Assert.Equal("off", config.GetString("akka.remote.dot-netty.tcp.tcp-reuse-addr"));
        Assert.False(config.HasPath("akka.remote.dot-netty.tcp.maximum-frame-size"));
    }

    private static void AssertMember(Config config)
    {
        Assert.Equal("", config.GetString("akka.cluster.downing-provider-class"));
        Assert.Equal(TimeSpan.FromSeconds(2), config.GetTimeSpan("akka.cluster.retry-unsuccessful-join-after"));
        Assert.Equal("off", config.GetString("akka.cluster.shutdown-after-unsuccessful-join-seed-nodes"));
        Assert.Equal("server", config.GetString("akka.cluster.singleton.role"));
        Assert.Equal("server", config.GetString("akka.cluster.singleton-proxy.role"));
        Assert.False(config.GetBoolean("akka.cluster.singleton-proxy.log-singleton-identification-failure"));
        Assert.Equal(100, config.GetInt("akka.cluster.singleton-proxy.buffer-size"));
        Assert.Equal("server", config.GetString("akka.cluster.pub-sub.role"));
    }

    private static Config Reference()
    {
        Config[] parts =
        [
            ConfigurationFactory.Default(),
            Embedded(typeof(Akka.Remote.RemoteActorRefProvider).Assembly, "Akka.Remote.Configuration.Remote.conf"),
            Embedded(typeof(Akka.Cluster.Cluster).Assembly, "Akka.Cluster.Configuration.Cluster.conf"),
            ClusterClientReceptionist.DefaultConfig(),
            ClusterSingleton.DefaultConfig(),
            DistributedPubSub.DefaultConfig(),
            Embedded(typeof(Akka.Persistence.Persistence).Assembly, "Akka.Persistence.persistence.conf"),
            SqlPersistence.DefaultConfiguration,
            // What every journal and every phase of a shutdown may override.
            ConfigurationFactory.ParseString(
                "akka.coordinated-shutdown.phases { cluster-leave.timeout = 1s, cluster-exiting.timeout = 1s }"),
            ConfigurationFactory.ParseString(
                "akka.persistence.journal.sql.circuit-breaker { max-failures = 1, call-timeout = 1s, reset-timeout = 1s }"),
        ];
        return parts.Aggregate(Config.Empty, (all, part) => all.WithFallback(part));
    }

    private static Config Embedded(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    private static IEnumerable<string> Paths(HoconValue value, string prefix = "")
    {
        if (!value.IsObject())
        {
            return [prefix];
        }

        return value.GetObject().Items.SelectMany(item =>
        {
            var key = item.Key.Contains('.', StringComparison.Ordinal) ? $"\"{item.Key}\"" : item.Key;
            return Paths((HoconValue)item.Value, prefix.Length == 0 ? key : $"{prefix}.{key}");
        });
    }
}

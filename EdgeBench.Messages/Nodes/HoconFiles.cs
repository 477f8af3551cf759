using Akka.Configuration;

namespace EdgeBench.Messages.Nodes;

/// <summary>The static tuning of <c>hocon/</c>, embedded into this assembly. Hosts, ports, paths and secrets are never in it.</summary>
internal static class HoconFiles
{
    /// <summary>The names of all files, without their ending.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "actor", "client", "cluster", "cluster-edge", "cluster-server", "dispatchers",
        "persistence", "receptionist", "remote", "serialization",
    ];

    /// <summary>Reads files; what a later one says counts over an earlier one.</summary>
    public static Config Load(params ReadOnlySpan<string> names)
    {
        var config = Config.Empty;
        foreach (var name in names)
        {
            config = Load(name).WithFallback(config);
        }

        return config;
    }

    private static Config Load(string name)
    {
        using var stream = typeof(HoconFiles).Assembly.GetManifestResourceStream($"hocon/{name}.conf")
            ?? throw new ArgumentException($"there is no hocon/{name}.conf", nameof(name));
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}

using EdgeBench.Messages.Runtimes;

namespace EdgeBench.Cluster.Coordination;

/// <summary>The runtimes that the server can give to devices.</summary>
internal interface IRuntimes
{
    /// <summary>The runtimes by name, with the format of the models that each takes.</summary>
    IReadOnlyDictionary<string, string> Formats { get; }

    /// <summary>The image of a runtime for an architecture, whose tar is in the artifact store; or null.</summary>
    RuntimeImageRef? Find(string runtime, string architecture);
}

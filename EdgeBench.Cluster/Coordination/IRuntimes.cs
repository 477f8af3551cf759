using EdgeBench.Messages.Runtimes;

namespace EdgeBench.Cluster.Coordination;

/// <summary>The runtimes that the server can give to devices.</summary>
internal interface IRuntimes
{
    /// <summary>The runtimes by name, with the format of the models that each takes.</summary>
    IReadOnlyDictionary<string, string> Formats { get; }

    /// <summary>Why a runtime has no image for an architecture, where that is known; or null.</summary>
    string? WhyMissing(string runtime, string architecture);

    /// <summary>The names of the options that a runtime has by its manifest; none where there is no such runtime.</summary>
    IReadOnlyCollection<string> OptionsOf(string runtime);

    /// <summary>The image of a runtime for an architecture, whose tar is in the artifact store; or null.</summary>
    RuntimeImageRef? Find(string runtime, string architecture);

    /// <summary>The images for an architecture, in the order of their runtimes' names.</summary>
    IReadOnlyList<RuntimeImageRef> FindAll(string architecture);
}

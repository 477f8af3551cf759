using System.CommandLine;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.Cli.Nodes;

/// <summary>Options that more than one way to run a node has.</summary>
internal static class NodeOptionSet
{
    /// <summary>How an edge node keeps the evaluation program apart.</summary>
    public static Option<Isolation> Isolation { get; } = new("--isolation")
    {
        HelpName = "container|process",
        Description = "Run the evaluation program in a container, or, without an engine, as a child process",
        DefaultValueFactory = _ => EdgeNode.Inference.Isolation.Container,
    };

    /// <summary>A node's data folder.</summary>
    /// <param name="fallback">Where it is when nobody says otherwise.</param>
    public static Option<string> Data(string fallback) => new("--data")
    {
        HelpName = "DIR",
        Description = "The node's data folder",
        DefaultValueFactory = _ => fallback,
    };
}

using System.Collections.Immutable;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>What follows from a command.</summary>
/// <param name="Events">What happened, to be journalled before anything else.</param>
/// <param name="Answer">What became of a device's result or failure, where it was one.</param>
internal sealed record TaskDecision(ImmutableArray<ITaskEvent> Events, ResultAnswer? Answer = null)
{
    /// <summary>Nothing follows.</summary>
    public static TaskDecision None { get; } = new([]);

    /// <summary>These events follow.</summary>
    public static TaskDecision Of(params ReadOnlySpan<ITaskEvent> events) => new([.. events]);
}

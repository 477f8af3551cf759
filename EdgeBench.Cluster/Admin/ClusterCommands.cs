using Akka.Actor;
using EdgeBench.Messages.Nodes;

namespace EdgeBench.Cluster.Admin;

/// <summary>The commands about the members of the cluster, with the verbs and the line format of Petabridge.Cmd.</summary>
internal static class ClusterCommands
{
    /// <summary>Makes them.</summary>
    /// <param name="system">The server's system.</param>
    /// <param name="warnings">What an administrator is to be reminded of in <c>cluster status</c>.</param>
    public static IReadOnlyList<AdminCommand> Of(ActorSystem system, IReadOnlyList<string> warnings)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        return
        [
            new AdminCommand("cluster show", "Shows all members of the cluster.", [], _ => Task.FromResult(Show(cluster))),
            new AdminCommand(
                "cluster status",
                "Shows how this server stands in the cluster.",
                [], _ => Task.FromResult(Status(cluster, warnings))),
            new AdminCommand("cluster leader", "Shows the leader of the cluster.", [], _ => Task.FromResult(Leader(cluster))),
        ];
    }

    private static IReadOnlyList<string> Show(Akka.Cluster.Cluster cluster)
    {
        var state = cluster.State;
        var members = state.Members
            .OrderBy(member => !member.HasRole(NodeNames.ServerRole))
            .ThenBy(member => member.Address.ToString(), StringComparer.Ordinal);
        return
        [
            .. from member in members
               let roles = string.Join(",", member.Roles.Order(StringComparer.Ordinal))
               let unreachable = state.Unreachable.Contains(member) ? "unreachable" : ""
               select $"{member.Address} | [{roles}] | {Word(member.Status)} | {unreachable}".TrimEnd(),
            $"Count: {state.Members.Count} nodes",
        ];
    }

    private static IReadOnlyList<string> Status(Akka.Cluster.Cluster cluster, IReadOnlyList<string> warnings)
    {
        var state = cluster.State;
        return
        [
            $"self: {cluster.SelfAddress}",
            $"status: {Word(cluster.SelfMember.Status)}",
            $"roles: [{string.Join(",", cluster.SelfRoles.Order(StringComparer.Ordinal))}]",
            $"leader: {state.Leader?.ToString() ?? "none"}",
            $"members: {state.Members.Count}",
            $"unreachable: {state.Unreachable.Count}",
            .. warnings.Select(warning => $"warning: {warning}"),
        ];
    }

    private static IReadOnlyList<string> Leader(Akka.Cluster.Cluster cluster) => [cluster.State.Leader?.ToString() ?? "none"];

    private static string Word(Akka.Cluster.MemberStatus status) => status.ToString().ToLowerInvariant();
}

using System.CommandLine;

namespace EdgeBench.Cli.Administration;

/// <summary><c>edgebench cluster</c>: what the server says of the cluster, in the lines of an administrator's command.</summary>
internal static class ClusterCommands
{
    /// <summary>The command and those below it.</summary>
    public static Command Create() => new("cluster", "Show the cluster's members, status and leader")
    {
        Create("show", "List the members"),
        Create("status", "Show how this server stands in the cluster"),
        Create("leader", "Show the leader's address"),
    };

    private static Command Create(string verb, string description) =>
        new Command(verb, description) { ServerOption.Server }.Does(async (parsed, screen, cancellationToken) =>
        {
            await using var client = ServerOption.Connect(parsed);
            var printed = (await client.RunAdminCommandAsync(["cluster", verb], cancellationToken).ConfigureAwait(false)).OrFail();
            if (screen.IsJson)
            {
                screen.Json(new { printed.Lines });
            }
            else
            {
                foreach (var line in printed.Lines)
                {
                    screen.Line(line);
                }
            }

            return ExitCode.Done;
        });
}

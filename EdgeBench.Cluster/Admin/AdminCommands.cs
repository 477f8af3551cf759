using EdgeBench.Cluster.Coordination;
using EdgeBench.Messages.Clients;

namespace EdgeBench.Cluster.Admin;

/// <summary>The administrator's commands that there are.</summary>
/// <param name="commands">The commands.</param>
internal sealed class AdminCommands(IReadOnlyList<AdminCommand> commands)
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<AdminCommand> All { get; } = commands;

    /// <summary>Carries out a line.</summary>
    /// <param name="line">The words as they were typed.</param>
    public async Task<IClientReply> RunAsync(IReadOnlyList<string> line)
    {
        foreach (var command in All)
        {
            var words = command.Name.Split(' ');
            if (line.Count < words.Length || !words.SequenceEqual(line.Take(words.Length), StringComparer.Ordinal))
            {
                continue;
            }

            string[] arguments = [.. line.Skip(words.Length)];
            if (arguments.Length < command.Arguments.Count(argument => argument.IsMandatory) || arguments.Length > command.Arguments.Count)
            {
                return new Refusal(RefusalCode.BadRequest, $"usage: {command.Usage}").ToReply();
            }

            return new ClientReplies.AdminOutput(await command.RunAsync(arguments));
        }

        var known = string.Join(", ", All.Select(command => command.Name));
        return new Refusal(RefusalCode.UnknownCommand, $"there is no command '{string.Join(' ', line)}'; known: {known}").ToReply();
    }
}

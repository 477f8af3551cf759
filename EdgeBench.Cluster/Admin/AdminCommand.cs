namespace EdgeBench.Cluster.Admin;

/// <summary>
/// An administrator's command, as data: a name of one or two words, a sentence, its arguments, and what it does. Nothing here is of one
/// front end, so that
/// another, such as Petabridge.Cmd, can be put before the same commands.
/// </summary>
/// <param name="Name">Its words: <c>cluster show</c>.</param>
/// <param name="Description">What it does, in a sentence.</param>
/// <param name="Arguments">Its arguments in order.</param>
/// <param name="RunAsync">Carries it out, with the arguments that were given; gives the lines to print.</param>
internal sealed record AdminCommand(
    string Name,
    string Description,
    IReadOnlyList<AdminArgument> Arguments,
    Func<IReadOnlyList<string>, Task<IReadOnlyList<string>>> RunAsync)
{
    /// <summary>How it is typed.</summary>
    public string Usage =>
        string.Join(' ', [Name, .. Arguments.Select(argument => argument.IsMandatory ? argument.Name : $"[{argument.Name}]")]);
}

/// <summary>An argument of an administrator's command.</summary>
/// <param name="Name">What it is called in the usage.</param>
/// <param name="Description">What it means.</param>
/// <param name="IsMandatory">Whether it must be given.</param>
internal sealed record AdminArgument(string Name, string Description, bool IsMandatory);

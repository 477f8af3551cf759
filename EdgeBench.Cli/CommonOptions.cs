using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeBench.Cli.Terminal;

namespace EdgeBench.Cli;

/// <summary>What every command has.</summary>
internal static class CommonOptions
{
    /// <summary>Whether to print JSON.</summary>
    public static Option<bool> Json { get; } =
        new("--json") { Description = "Print JSON; an error is then an object on standard output too", Recursive = true };

    /// <summary>Whether to print more.</summary>
    public static Option<bool> Verbose { get; } =
        new("--verbose") { Description = "Print more, and the stack trace of an error", Recursive = true };

    /// <summary>The words that lead to a command, from <c>edgebench</c> on.</summary>
    public static IEnumerable<string> Path(this CommandResult result) =>
        result.Parent is CommandResult parent ? parent.Path().Append(result.Command.Name) : ["edgebench"];

    /// <summary>Sees that an option which a command does not have is told, and does not pass for a file.</summary>
    public static Argument<T> ForFiles<T>(this Argument<T> files)
    {
        files.Validators.Add(result =>
        {
            foreach (var option in result.Tokens.Select(token => token.Value).Where(value => value.StartsWith('-')))
            {
                result.AddError($"'{option}' is no option of this command (a file of that name is ./{option})");
            }
        });
        return files;
    }

    /// <summary>Sets what a command does.</summary>
    public static Command Does(this Command command, Func<ParseResult, Screen, CancellationToken, Task<ExitCode>> action)
    {
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Signals are listened to only once this has returned a task, and nodes take a while to start.
            await Task.Yield();
            return (int)await action(parsed, Screen.For(parsed), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}

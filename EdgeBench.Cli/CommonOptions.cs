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

    /// <summary>Whether to print comma-separated values; of the commands that show results.</summary>
    public static Option<bool> Csv { get; } =
        new("--csv") { Description = "Print comma-separated values, one row a cell" };

    /// <summary>Whether to print Markdown; of the commands that show results.</summary>
    public static Option<bool> Markdown { get; } =
        new("--markdown") { Description = "Print Markdown that can be pasted" };

    /// <summary>Whether to print more.</summary>
    public static Option<bool> Verbose { get; } =
        new("--verbose") { Description = "Print more, and the stack trace of an error", Recursive = true };

    /// <summary>The form that results are asked for in.</summary>
    public static OutputFormat FormatOf(ParseResult parsed) =>
        parsed.GetValue(Json) ? OutputFormat.Json
        : parsed.GetValue(Csv) ? OutputFormat.Csv
        : parsed.GetValue(Markdown) ? OutputFormat.Markdown
        : OutputFormat.Text;

    /// <summary>Lets a command print its results in every form.</summary>
    public static Command InEveryFormat(this Command command)
    {
        command.Options.Add(Csv);
        command.Options.Add(Markdown);
        command.Validators.Add(result =>
        {
            var asked = new[] { Json, Csv, Markdown }.Where(option => result.GetResult(option) is { Implicit: false })
                .Select(option => option.Name).ToList();
            if (asked.Count > 1)
            {
                result.AddError($"{string.Join(" and ", asked)}: results are printed in one form; give one of them");
            }
        });
        return command;
    }

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

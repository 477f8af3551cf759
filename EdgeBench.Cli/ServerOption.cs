using System.CommandLine;
using EdgeBench.Cli.Nodes;
using EdgeBench.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeBench.Cli;

/// <summary>Which server a command asks.</summary>
internal static class ServerOption
{
    /// <summary>The server's address.</summary>
    public static Option<string> Server { get; } = new("--server")
    {
        HelpName = "HOST[:PORT]",
        Description = "The server to ask; else EDGEBENCH_SERVER, else this machine",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("EDGEBENCH_SERVER") is { Length: > 0 } server ? server : "localhost",
    };

    /// <summary>A client of the server that the command was told.</summary>
    /// <exception cref="CommandException">There is no token to show, or the address is none.</exception>
    public static EdgeBenchClient Connect(ParseResult parsed)
    {
        var server = parsed.GetRequiredValue(Server);
        var token = DataFolders.FindToken() ?? throw new CommandException(
            ExitCode.ServerUnreachable,
            "no server of this user is known here: start one with 'edgebench server', or set EDGEBENCH_SERVER and EDGEBENCH_TOKEN "
            + "(the content of the file 'token' in the server's data folder)");
        try
        {
            return new EdgeBenchClient(new ClientOptions
            {
                Server = server,
                Token = token,
                Loggers = parsed.GetValue(CommonOptions.Verbose) ? NodeLog.Create(LogLevel.Debug) : NullLoggerFactory.Instance,
            });
        }
        catch (ArgumentException notAnAddress)
        {
            throw new CommandException(ExitCode.Usage, $"--server: '{server}' is no HOST[:PORT]", notAnAddress);
        }
    }

    /// <summary>The value of an answer.</summary>
    /// <exception cref="CommandException">It has none.</exception>
    public static T OrFail<T>(this Answer<T> answer)
        where T : class => answer.IsOk ? answer.Value : throw new CommandException(CodeOf(answer.Error), answer.Error.Message);

    private static ExitCode CodeOf(ClientError error) => error.Kind switch
    {
        ClientErrorKind.Unreachable or ClientErrorKind.TimedOut => ExitCode.ServerUnreachable,
        ClientErrorKind.UnknownDevice or ClientErrorKind.UnknownRuntime or ClientErrorKind.BadRequest => ExitCode.Usage,
        _ => ExitCode.Failed,
    };
}

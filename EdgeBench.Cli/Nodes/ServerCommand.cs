using System.CommandLine;
using System.Net;
using EdgeBench.Cli.Runtimes;
using EdgeBench.Cli.Terminal;
using EdgeBench.Cluster;
using EdgeBench.Messages.Nodes;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Cli.Nodes;

/// <summary><c>edgebench server</c>: the server node, until it is told to end.</summary>
internal sealed class ServerCommand
{
    private readonly Option<string> _data = NodeOptionSet.Data(DataFolders.Server);

    private readonly Option<IPAddress> _listen = new("--listen")
    {
        HelpName = "ADDRESS",
        Description = "The address to listen on; beyond this machine it wants --insecure",
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = result =>
        {
            if (!IPAddress.TryParse(result.Tokens[0].Value, out var address))
            {
                result.AddError($"--listen: '{result.Tokens[0].Value}' is no IP address; 0.0.0.0 means every interface");
            }

            return address;
        },
    };

    private readonly Option<string?> _publicHost = new("--public-host")
    {
        HelpName = "NAME",
        Description = "The name by which others reach this machine",
    };

    private readonly Option<int> _port = new("--port")
    {
        HelpName = "PORT",
        Description = "The HTTP port, which is all that others need to know",
        DefaultValueFactory = _ => NodeNames.DefaultHttpPort,
    };

    private readonly Option<int> _clusterPort = new("--cluster-port")
    {
        HelpName = "PORT",
        Description = "The port on which servers and edge nodes speak to each other",
        DefaultValueFactory = _ => ServerOptions.DefaultAkkaPort,
    };

    private readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Listen beyond this machine although connections are not encrypted",
    };

    private ServerCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var server = new ServerCommand();
        return new Command("server", "Run the server node")
        {
            server._data,
            server._listen,
            server._publicHost,
            server._port,
            server._clusterPort,
            server._insecure,
        }.Does(server.RunAsync);
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, Screen screen, CancellationToken cancellationToken)
    {
        using var loggers = NodeLog.Create(parsed.GetValue(CommonOptions.Verbose) ? LogLevel.Debug : LogLevel.Information);
        var options = new ServerOptions
        {
            DataFolder = parsed.GetRequiredValue(_data),
            RuntimesFolder = RuntimeImages.Catalog.Folder,
            ListenAddress = parsed.GetRequiredValue(_listen),
            PublicHost = parsed.GetValue(_publicHost),
            HttpPort = parsed.GetValue(_port),
            AkkaPort = parsed.GetValue(_clusterPort),
            Insecure = parsed.GetValue(_insecure),
            Loggers = loggers,
        };
        await using var server = await ServerNode.StartAsync(options, cancellationToken).ConfigureAwait(false);
        await NodeLifetime.RunAsync(() => server.Ended.WaitAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        return cancellationToken.IsCancellationRequested
            ? ExitCode.Done
            : throw new CommandException(ExitCode.Failed, "the server's cluster node ended by itself; its log says why");
    }
}

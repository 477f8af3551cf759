using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeBench.Cli.Runtimes;
using EdgeBench.Cli.Terminal;
using EdgeBench.EdgeNode;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Nodes;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Cli.Nodes;

/// <summary><c>edgebench edge</c>: an edge node, until it is told to end.</summary>
internal sealed class EdgeCommand
{
    private const int TriesBetweenNotices = 15;

    private static readonly TimeSpan TokenInterval = TimeSpan.FromSeconds(2);

    private readonly Option<ServerAddress> _join = new("--join")
    {
        HelpName = "HOST[:PORT]",
        Description = "The server to join",
        Required = true,
        CustomParser = ParseJoin,
    };

    private readonly Option<DeviceName?> _name = new("--name")
    {
        HelpName = "NAME",
        Description = "What people call this device; else the host's name",
        CustomParser = ParseName,
    };

    private readonly Option<string> _data = NodeOptionSet.Data(DataFolders.Edge);

    private readonly Option<string?> _publicHost = new("--public-host")
    {
        HelpName = "NAME",
        Description = "The name or address by which the server reaches this host; else that of the interface that reaches the server",
    };

    private readonly Option<int?> _port = new("--port")
    {
        HelpName = "PORT",
        Description = "The port by which the server reaches this node; else a free one, the same after a restart",
    };

    private EdgeCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var edge = new EdgeCommand();
        return new Command("edge", "Run an edge node on this device")
        {
            edge._join,
            edge._name,
            edge._data,
            edge._publicHost,
            edge._port,
            NodeOptionSet.Isolation,
        }.Does(edge.RunAsync);
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, Screen screen, CancellationToken cancellationToken)
    {
        await NodeLifetime.RunAsync(() => RunNodeAsync(parsed, screen, cancellationToken), cancellationToken).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private async Task RunNodeAsync(ParseResult parsed, Screen screen, CancellationToken cancellationToken)
    {
        using var loggers = NodeLog.Create(parsed.GetValue(CommonOptions.Verbose) ? LogLevel.Debug : LogLevel.Information);
        var options = new EdgeOptions
        {
            Join = parsed.GetRequiredValue(_join),
            Token = await WaitForTokenAsync(screen, cancellationToken).ConfigureAwait(false),
            Data = parsed.GetRequiredValue(_data),
            Name = parsed.GetValue(_name),
            Isolation = parsed.GetValue(NodeOptionSet.Isolation),
            PublicHost = parsed.GetValue(_publicHost),
            Port = parsed.GetValue(_port),
            PackagedImages = RuntimeImages.PackagedFolder,
        };
        await using var node = await EdgeNode.EdgeNode.StartAsync(options, loggers, TimeProvider.System, cancellationToken)
            .ConfigureAwait(false);
        await node.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A server of the same user writes its token at its first start, which may be after the device booted.</summary>
    private static async Task<string> WaitForTokenAsync(Screen screen, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            if (DataFolders.FindToken() is { } token)
            {
                return token;
            }

            if (tries % TriesBetweenNotices == 0)
            {
                screen.Note(
                    "edgebench: waiting for the server's token: set EDGEBENCH_TOKEN to the content of the file 'token' in the server's "
                    + "data folder, or start the server on this machine as the same user");
            }

            await Task.Delay(TokenInterval, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ServerAddress? ParseJoin(ArgumentResult result)
    {
        if (!ServerAddress.TryParse(result.Tokens[0].Value, null, out var address))
        {
            result.AddError($"--join: '{result.Tokens[0].Value}' is no HOST[:PORT]");
        }

        return address;
    }

    private static DeviceName? ParseName(ArgumentResult result)
    {
        if (!DeviceName.TryParse(result.Tokens[0].Value, null, out var name))
        {
            result.AddError(
                $"--name: '{result.Tokens[0].Value}' is no device name: 1 to {DeviceName.MaximumLength} letters, digits, '.', '-' and '_', "
                + "beginning with a letter or digit");
        }

        return name;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using Akka.Actor;
using Akka.Cluster.Tools.Client;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Nodes;
using EdgeBench.Messages.Serialization;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Client.Connection;

/// <summary>
/// Asks through the server's receptionist, without being a member of the cluster. It connects at the first question; after one that was not
/// answered it connects anew, as the server may be another one by now.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="http">A client whose base address is the server and which sends the token.</param>
/// <param name="token">The server's token.</param>
/// <param name="loggers">Where the log of the connection goes.</param>
internal sealed class ClusterClientLink(ServerAddress server, HttpClient http, string token, ILoggerFactory loggers) : IServerLink
{
    private readonly SemaphoreSlim _connecting = new(1);
    private Tunnel? _tunnel;

    /// <inheritdoc />
    public async Task<Answer<IClientReply>> AskAsync(IClientRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        Tunnel? tunnel = null;
        try
        {
            tunnel = await ConnectAsync(limit.Token).ConfigureAwait(false);
            var call = new ClusterClient.Send(NodeNames.ClientGateway, new ClientCall(token, request), localAffinity: true);
            return new(await tunnel.Entrance.Ask<IClientReply>(call, Timeout.InfiniteTimeSpan, limit.Token).ConfigureAwait(false));
        }
        catch (HttpRequestException failure)
        {
            return new(ServerErrors.Of(failure, server));
        }
        catch (Exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await ForgetAsync(tunnel).ConfigureAwait(false);
            return new(new ClientError(
                ClientErrorKind.TimedOut,
                $"the server at {server} did not answer within {timeout.TotalSeconds:0} s; is it busy or cut off?"));
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await ForgetAsync(_tunnel).ConfigureAwait(false);
        _connecting.Dispose();
    }

    private async Task<Tunnel> ConnectAsync(CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _tunnel ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<Tunnel> OpenAsync(CancellationToken cancellationToken)
    {
        var version = typeof(ClusterClientLink).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        using var response = await http.PostAsJsonAsync(
            new Uri("join", UriKind.Relative), new JoinRequest(null, null, null, version), MessagesJson.Options, cancellationToken)
            .ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        JoinAnswer? answer;
        try
        {
            answer = await response.Content.ReadFromJsonAsync<JoinAnswer>(MessagesJson.Options, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException notOurs)
        {
            throw new HttpRequestException("something else than EdgeBench answers there", notOurs);
        }

        var system = NodeSystem.Create(
            new NodeOptions { Kind = NodeKind.Client, ListenAddress = LocalAddressTowards(server) }, loggers);
        return new Tunnel(system, NodeSystem.ClientOf(system, answer!.AkkaAddress));
    }

    /// <summary>
    /// The address of the interface from which this machine reaches the server. A datagram socket that connects sends nothing.
    /// </summary>
    private static string LocalAddressTowards(ServerAddress server)
    {
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(server.Host, server.Port);
        var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private async Task ForgetAsync(Tunnel? tunnel)
    {
        if (tunnel is not null && Interlocked.CompareExchange(ref _tunnel, null, tunnel) == tunnel)
        {
            await tunnel.System.Terminate().ConfigureAwait(false);
        }
    }

    private sealed record Tunnel(ActorSystem System, IActorRef Entrance);
}

using System.Net.Sockets;
using System.Text.Json;
using Akka.Actor;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EdgeBench.Cluster.Joining;

/// <summary>
/// <c>POST /join</c>: tells a node the server's Akka address, and whether the server can reach the node's. Akka itself would discard
/// messages without
/// a word where a name is wrong or a network goes one way only.
/// </summary>
internal static class JoinEndpoint
{
    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Adds it.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="server">The server's Akka address.</param>
    /// <param name="version">The server's version.</param>
    public static void MapJoin(this IEndpointRouteBuilder routes, Address server, string version) =>
        routes.MapPost("/join", async (HttpContext context) =>
        {
            JoinRequest? request;
            try
            {
                request = await JsonSerializer.DeserializeAsync<JoinRequest>(
                    context.Request.Body, MessagesJson.Options, context.RequestAborted);
            }
            catch (JsonException exception)
            {
                return Results.Text(
                    $"the request is not as it must be: {exception.Message}\n",
                    "text/plain",
                    statusCode: StatusCodes.Status400BadRequest);
            }

            var problem = request?.AkkaAddress is { } address ? await DialAsync(address, context.RequestAborted) : null;
            return Results.Json(new JoinAnswer(server.ToString(), version, problem), MessagesJson.Options);
        });

    /// <summary>Why an Akka address cannot be reached from here, or null where it can.</summary>
    internal static async Task<string?> DialAsync(string text, CancellationToken cancellationToken)
    {
        if (!TryRead(text, out var host, out var port))
        {
            return $"'{text}' is no Akka address with host and port";
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DialTimeout);
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(host, port, limit.Token);
            return null;
        }
        catch (SocketException exception)
        {
            return Cannot(
                host, port,
                exception.SocketErrorCode == SocketError.HostNotFound ? "the name is not known there" : exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Cannot(host, port, $"no answer within {DialTimeout.TotalSeconds:0} s");
        }
    }

    private static string Cannot(string host, int port, string why) =>
        $"the server cannot reach this node at {host}:{port}: {why}; start the node with --public-host NAME, a name or address by which "
        + "the server reaches it, and let the port through";

    private static bool TryRead(string text, out string host, out int port)
    {
        host = "";
        port = 0;
        if (!ActorPath.TryParseAddress(text, out var address) || address is not { Host: { Length: > 0 } name, Port: { } number })
        {
            return false;
        }

        host = name;
        port = number;
        return true;
    }
}

using System.Net;
using EdgeBench.Messages.Nodes;

namespace EdgeBench.Client.Connection;

/// <summary>What to say where HTTP fails.</summary>
internal static class ServerErrors
{
    /// <summary>The error for the user.</summary>
    public static ClientError Of(HttpRequestException failure, ServerAddress server) => failure.StatusCode switch
    {
        HttpStatusCode.Unauthorized => new(ClientErrorKind.Unauthorized, server.TokenRefused),
        null => new(
            ClientErrorKind.Unreachable,
            $"no EdgeBench server answers at {server} ({failure.Message}); start one with 'edgebench server', "
            + "or name it with --server HOST[:PORT]"),
        _ => new(ClientErrorKind.Refused, failure.Message),
    };
}

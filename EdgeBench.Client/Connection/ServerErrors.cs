using System.Net;

namespace EdgeBench.Client.Connection;

/// <summary>What to say where HTTP fails.</summary>
internal static class ServerErrors
{
    /// <summary>The error for the user.</summary>
    public static ClientError Of(HttpRequestException failure, Uri server) => failure.StatusCode switch
    {
        HttpStatusCode.Unauthorized => new(
            ClientErrorKind.Unauthorized,
            $"the server at {server.Authority} does not take the token; set EDGEBENCH_TOKEN to the content of the file 'token' in its data folder"),
        null => new(
            ClientErrorKind.Unreachable,
            $"no EdgeBench server answers at {server.Authority} ({failure.Message}); start one with 'edgebench server', or name it with --server HOST[:PORT]"),
        _ => new(ClientErrorKind.Refused, failure.Message),
    };
}

using System.Globalization;
using System.Net.Http.Headers;
using EdgeBench.Messages.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace EdgeBench.Cluster.Artifacts;

/// <summary><c>PUT</c>, <c>GET</c> and <c>HEAD /artifacts/SHA256</c>; see <c>docs/wire-format.md</c>.</summary>
internal static class ArtifactEndpoints
{
    /// <summary>The header that says how many bytes of an unfinished artifact are there.</summary>
    public const string OffsetHeader = "Upload-Offset";

    private const string Route = "/artifacts/{sha256}";

    /// <summary>Adds them.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="store">The artifact store.</param>
    /// <param name="maximumBytes">The greatest length of an artifact.</param>
    public static void MapArtifacts(this IEndpointRouteBuilder routes, ArtifactStore store, long maximumBytes)
    {
        var upload = new ArtifactUpload(store, maximumBytes);
        routes.MapMethods(Route, [HttpMethods.Get, HttpMethods.Head], (string sha256, HttpContext context) => Get(sha256, context, store));
        routes.MapPut(Route, (string sha256, HttpContext context) => PutAsync(sha256, context, store, upload, maximumBytes));
    }

    private static IResult Get(string name, HttpContext context, ArtifactStore store)
    {
        if (!Sha256.TryParse(name, null, out var artifact))
        {
            return NoName(name);
        }

        if (store.Find(artifact) is { } path)
        {
            // An artifact never changes, so its name is its tag.
            return Results.File(
                path,
                "application/octet-stream",
                entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{artifact}\""),
                enableRangeProcessing: true);
        }

        if (store.PartLength(artifact) is > 0 and var there)
        {
            context.Response.Headers[OffsetHeader] = there.ToString(CultureInfo.InvariantCulture);
        }

        return Line(StatusCodes.Status404NotFound, $"there is no artifact {artifact}");
    }

    private static async Task<IResult> PutAsync(
        string name, HttpContext context, ArtifactStore store, ArtifactUpload upload, long maximumBytes)
    {
        if (!Sha256.TryParse(name, null, out var artifact))
        {
            return NoName(name);
        }

        if (!TryReadRange(context.Request, out var offset, out var isLast))
        {
            return Line(StatusCodes.Status400BadRequest, "Content-Range is not as it must be: bytes FIRST-LAST/LENGTH");
        }

        // A sender that waits for leave (Expect: 100-continue) is told before it sends anything.
        if (store.Find(artifact) is not null)
        {
            return Line(StatusCodes.Status200OK, $"{artifact} was there already");
        }

        if (offset + (context.Request.ContentLength ?? 0) > maximumBytes)
        {
            return TooLong(maximumBytes);
        }

        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        try
        {
            var outcome = await upload.TakeAsync(artifact, context.Request.Body, offset, isLast, context.RequestAborted);
            if (outcome is UploadOutcome.WrongOffset or UploadOutcome.Unfinished)
            {
                context.Response.Headers[OffsetHeader] = store.PartLength(artifact).ToString(CultureInfo.InvariantCulture);
            }

            return Answer(outcome, artifact, maximumBytes);
        }
        catch (BadHttpRequestException)
        {
            throw;
        }
        catch (IOException exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Line(StatusCodes.Status507InsufficientStorage, $"the server's artifact store cannot be written: {exception.Message}");
        }
    }

    private static IResult Answer(UploadOutcome outcome, Sha256 artifact, long maximumBytes) => outcome switch
    {
        UploadOutcome.Kept => Line(StatusCodes.Status201Created, $"{artifact} is kept"),
        UploadOutcome.Existed => Line(StatusCodes.Status200OK, $"{artifact} was there already"),
        UploadOutcome.Unfinished => Line(StatusCodes.Status202Accepted, "send the rest"),
        UploadOutcome.WrongHash => Line(
            StatusCodes.Status422UnprocessableEntity,
            $"the bytes do not have the hash {artifact}; nothing is kept"),
        UploadOutcome.TooLong => TooLong(maximumBytes),
        UploadOutcome.WrongOffset => Line(StatusCodes.Status409Conflict, $"go on from {OffsetHeader}"),
        _ => Line(StatusCodes.Status409Conflict, $"{artifact} is being sent by somebody else; ask again"),
    };

    private static bool TryReadRange(HttpRequest request, out long offset, out bool isLast)
    {
        offset = 0;
        isLast = true;
        if (request.Headers.ContentRange.Count == 0)
        {
            return true;
        }

        if (!ContentRangeHeaderValue.TryParse(request.Headers.ContentRange, out var range)
            || range is not { Unit: "bytes", From: { } from, To: { } to, Length: { } length }
            || (request.ContentLength is { } sent && sent != to - from + 1))
        {
            return false;
        }

        offset = from;
        isLast = to == length - 1;
        return true;
    }

    private static IResult NoName(string name) => Line(StatusCodes.Status400BadRequest, $"'{name}' is no SHA-256: 64 hexadecimal digits");

    private static IResult TooLong(long maximumBytes) =>
        Line(StatusCodes.Status413PayloadTooLarge, $"an artifact may have {maximumBytes} bytes; nothing is kept");

    private static IResult Line(int status, string text) => Results.Text(text + "\n", "text/plain", statusCode: status);
}

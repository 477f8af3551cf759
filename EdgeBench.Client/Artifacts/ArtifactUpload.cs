using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Client.Artifacts;

/// <summary>Puts files into the server's artifact store.</summary>
/// <param name="http">A client whose base address is the server and which sends the token.</param>
internal sealed class ArtifactUpload(HttpClient http)
{
    /// <summary>Sees that some content is in the store; what is there already is not sent again.</summary>
    /// <param name="file">The content, which can be read twice.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HttpRequestException">The server cannot be reached or does not take it.</exception>
    public async Task<ArtifactRef> PutAsync(Stream file, CancellationToken cancellationToken)
    {
        var artifact = await IdentifyAsync(file, cancellationToken).ConfigureAwait(false);
        var address = new Uri($"artifacts/{artifact.Sha256}", UriKind.Relative);

        using var head = new HttpRequestMessage(HttpMethod.Head, address);
        using var present = await http.SendAsync(head, cancellationToken).ConfigureAwait(false);
        if (present.StatusCode == HttpStatusCode.NotFound)
        {
            file.Position = 0;
            using var content = new StreamContent(file);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var stored = await http.PutAsync(address, content, cancellationToken).ConfigureAwait(false);
            await RequireSuccessAsync(stored, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RequireSuccessAsync(present, cancellationToken).ConfigureAwait(false);
        }

        return artifact;
    }

    /// <summary>What some content is in the store, whether or not it is there.</summary>
    public static async Task<ArtifactRef> IdentifyAsync(Stream file, CancellationToken cancellationToken) =>
        new(Sha256.FromHash(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false)), file.Length);

    /// <summary>Throws what the server says where it does not take the request.</summary>
    private static async Task RequireSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var text = (await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false)).Trim();
            var message = text.Length > 0 ? text : $"the server answered {(int)response.StatusCode}";
            throw new HttpRequestException(message, null, response.StatusCode);
        }
    }
}

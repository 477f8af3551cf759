using System.Net;
using System.Net.Http.Headers;
using EdgeBench.EdgeNode.Data;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Nodes;

namespace EdgeBench.EdgeNode.Artifacts;

/// <summary>
/// Brings artifacts over the server's HTTP: what broke off goes on from where it was, and only what has the right hash counts.
/// </summary>
internal sealed class ArtifactTransfer(
    ServerAddress server, string token, HttpClient http, ArtifactCache cache, TimeProvider time) : IArtifactTransfer
{
    /// <summary>After so many tries in a row that brought nothing a fetch is given up.</summary>
    internal const int FruitlessTries = 6;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UploadLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public async Task<Fetched> FetchAsync(ArtifactRef artifact, CancellationToken cancellation)
    {
        if (await cache.FindAsync(artifact.Sha256.Hex, cancellation).ConfigureAwait(false) is { } present)
        {
            return new Fetched(present, null, WasHere: true);
        }

        var reached = 0L;
        for (var fruitless = 1; ; fruitless++)
        {
            string problem;
            try
            {
                var received = await cache.ReceiveAsync(artifact.Sha256.Hex, artifact.Size, OpenAsync, cancellation).ConfigureAwait(false);
                return new Fetched(received.Path, received.Problem, WasHere: false);
            }
            catch (ArtifactRefusedException refused)
            {
                return new Fetched(null, refused.Message, WasHere: false);
            }
            catch (Exception broken) when (broken is HttpRequestException or IOException)
            {
                problem = broken.Message;
            }

            if (fruitless >= FruitlessTries)
            {
                return new Fetched(null, $"artifact {artifact.Sha256} does not come from {server}: {problem}", WasHere: false);
            }

            var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, fruitless - 1), LongestPause.TotalSeconds));
            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);

            async Task<Stream> OpenAsync(long offset, CancellationToken opening)
            {
                if (offset > reached)
                {
                    (reached, fruitless) = (offset, 1);
                }

                return await this.OpenAsync(artifact, offset, opening).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc />
    public async Task<string?> UploadAsync(ArtifactRef artifact, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(UploadLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            using var question = Request(HttpMethod.Head, artifact);
            using var present = await http.SendAsync(question, either.Token).ConfigureAwait(false);
            if (present.IsSuccessStatusCode)
            {
                return null;
            }

            using var request = Request(HttpMethod.Put, artifact);
            request.Content = new ReadOnlyMemoryContent(content);
            using var response = await http.SendAsync(request, either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : await RefusalAsync(response, artifact, either.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException broken)
        {
            return $"{server} does not take artifact {artifact.Sha256}: {broken.Message}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{server} has not taken artifact {artifact.Sha256} within {UploadLimit.TotalMinutes:0} minutes";
        }
    }

    private async Task<Stream> OpenAsync(ArtifactRef artifact, long offset, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, artifact);
        if (offset > 0)
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
        }

        using var late = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"no answer within {Silence.TotalSeconds:0} s");
        }

        try
        {
            var whole = response.StatusCode == HttpStatusCode.OK;
            if (!whole && response.StatusCode != HttpStatusCode.PartialContent)
            {
                throw await ProblemAsync(response, artifact, cancellation).ConfigureAwait(false);
            }

            var content = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            var stream = new PatientStream(content, Silence, time, response);
            if (whole && offset > 0)
            {
                await SkipAsync(stream, offset, cancellation).ConfigureAwait(false);
            }

            return stream;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    // A proxy in between may not know ranges and send everything.
    private static async Task SkipAsync(PatientStream stream, long bytes, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (bytes > 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException("the artifact broke off before the part that is missing here");
            }

            bytes -= read;
        }
    }

    private async Task<Exception> ProblemAsync(HttpResponseMessage response, ArtifactRef artifact, CancellationToken cancellation)
    {
        var message = await RefusalAsync(response, artifact, cancellation).ConfigureAwait(false);
        return (int)response.StatusCode is >= 400 and < 500 and not 408 and not 429
            ? new ArtifactRefusedException(message)
            : new HttpRequestException(message);
    }

    private async Task<string> RefusalAsync(HttpResponseMessage response, ArtifactRef artifact, CancellationToken cancellation)
    {
        var text = (await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)).Trim();
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => server.TokenRefused,
            HttpStatusCode.NotFound => $"the server at {server} has no artifact {artifact.Sha256}",
            var status =>
                $"the server at {server} said {(int)status} {response.ReasonPhrase} {text[..Math.Min(text.Length, 300)]}".TrimEnd(),
        };
    }

    private HttpRequestMessage Request(HttpMethod method, ArtifactRef artifact) =>
        new(method, new Uri(server.Http, $"artifacts/{artifact.Sha256}"))
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
}

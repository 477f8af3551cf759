using System.Text.Json;
using EdgeBench.EdgeNode.Data;
using EdgeBench.Messages.Artifacts;
using EdgeBench.RunnerContract;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Artifacts;

/// <summary>
/// Takes the runtime images that came with the command from where they lie beside it, where the server names exactly these, and all else
/// from the server.
/// </summary>
/// <param name="folder">Where they lie, each archive beside its description; it need not exist.</param>
/// <param name="server">Brings what is not there.</param>
/// <param name="log">What people read.</param>
internal sealed class PackagedImages(string folder, IArtifactTransfer server, ILogger log) : IArtifactTransfer
{
    private readonly FileHashes _hashes = new();

    /// <inheritdoc />
    public async Task<Fetched> FetchAsync(ArtifactRef artifact, CancellationToken cancellation) =>
        await FindAsync(artifact, cancellation).ConfigureAwait(false) is { } packaged
            ? new Fetched(packaged, null, WasHere: true)
            : await server.FetchAsync(artifact, cancellation).ConfigureAwait(false);

    /// <inheritdoc />
    public Task<string?> UploadAsync(ArtifactRef artifact, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        server.UploadAsync(artifact, content, cancellation);

    private async Task<string?> FindAsync(ArtifactRef artifact, CancellationToken cancellation)
    {
        foreach (var description in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [])
        {
            try
            {
                var json = await File.ReadAllBytesAsync(description, cancellation).ConfigureAwait(false);
                if (JsonSerializer.Deserialize(json, RunnerJson.Default.RuntimeImage)?.TarSha256 != artifact.Sha256.Hex)
                {
                    continue;
                }

                var archive = Path.ChangeExtension(description, ".tar");
                if (await _hashes.FindAsync(archive, cancellation).ConfigureAwait(false) == artifact.Sha256.Hex)
                {
                    return archive;
                }

                log.LogWarning("{Archive} is not what its description names; its image is fetched from the server", archive);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
            {
                log.LogWarning("the packaged image {Description} cannot be read: {Problem}", description, problem.Message);
            }
        }

        return null;
    }
}

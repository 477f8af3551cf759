using System.Text.RegularExpressions;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>Images that an engine has or can pull, by their names.</summary>
/// <param name="engine">The engine.</param>
internal sealed partial class EngineImages(ContainerEngine engine)
{
    private static readonly TimeSpan TransferLimit = TimeSpan.FromMinutes(15);

    /// <summary>Pulls an image by its reference, with the credentials that this process' user has for its registry.</summary>
    /// <param name="reference">The reference with its digest, as <c>HOST[:PORT]/NAME@sha256:DIGEST</c>.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="InferenceFailedException">It cannot be pulled.</exception>
    public async Task PullAsync(string reference, CancellationToken stop)
    {
        var registry = RegistryCredentials.HostOf(reference);
        var credentials = RegistryCredentials.OfThisUser;
        var found = await credentials.FindAsync(registry, stop).ConfigureAwait(false);
        var messages = new EngineMessages();
        string? error;
        try
        {
            await engine.AskAsync(
                $"pull the image {reference}",
                InferenceFailureKind.ImageBroken,
                async (client, cancellation) =>
                {
                    await client.Images.CreateImageAsync(
                        new ImagesCreateParameters { FromImage = reference }, found, messages, cancellation).ConfigureAwait(false);
                    return true;
                },
                stop,
                TransferLimit).ConfigureAwait(false);
            error = messages.Error is { } told
                ? $"the image {reference} cannot be pulled: {OutputTail.Printable(told).ReplaceLineEndings(" ")}"
                : null;
        }
        catch (InferenceFailedException refused) when (refused.Failure.Kind == InferenceFailureKind.ImageBroken)
        {
            error = refused.Message;
        }

        if (error is not null)
        {
            var login = $"'docker login {registry}' as {Environment.UserName} on this machine, or set DOCKER_CONFIG to where somebody did";
            throw new InferenceFailedException(
                InferenceFailureKind.ImageBroken,
                !Refusal().IsMatch(error) ? error
                : found is null ? $"{error}; {credentials.File} has no credentials for {registry}: run {login}"
                : $"{error}; {registry} does not let in the user of {credentials.File}: run {login}, as a user who may pull the image");
        }
    }

    /// <summary>What the engine knows of an image that it has.</summary>
    /// <exception cref="InferenceFailedException">It has none of that name.</exception>
    public Task<EngineImage> InspectAsync(string name, CancellationToken stop) => engine.AskAsync(
        $"look for the image {name}",
        InferenceFailureKind.ImageBroken,
        async (client, cancellation) =>
        {
            try
            {
                var found = await client.Images.InspectImageAsync(name, cancellation).ConfigureAwait(false);
                return new EngineImage(found.Architecture ?? "", [.. found.RootFS?.Layers ?? []]);
            }
            catch (DockerImageNotFoundException)
            {
                throw new InferenceFailedException(
                    InferenceFailureKind.ImageBroken, $"the container engine has no image {name}");
            }
        },
        stop);

    /// <summary>Writes an image that the engine has to a file, as <c>docker save</c> does.</summary>
    /// <exception cref="InferenceFailedException">It cannot be.</exception>
    public Task SaveAsync(string name, string file, CancellationToken stop) => engine.AskAsync(
        $"save the image {name}",
        InferenceFailureKind.ImageBroken,
        async (client, cancellation) =>
        {
            var content = await client.Images.SaveImageAsync(name, cancellation).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                var output = File.Create(file);
                await using (output.ConfigureAwait(false))
                {
                    await content.CopyToAsync(output, cancellation).ConfigureAwait(false);
                }
            }

            return true;
        },
        stop,
        TransferLimit);

    // What engines say where the registry answered 401 or 403: that reaches their clients as words only.
    [GeneratedRegex(
        "unauthorized|forbidden|no basic auth credentials|authentication required|authorization failed|access denied"
        + "|access to the resource is denied",
        RegexOptions.IgnoreCase)]
    private static partial Regex Refusal();
}

/// <summary>An image in an engine.</summary>
/// <param name="Architecture">The processor's name in the engine's words: <c>amd64</c>, <c>arm64</c>.</param>
/// <param name="DiffIds">The digests of its layers from the lowest up.</param>
public sealed record EngineImage(string Architecture, IReadOnlyList<string> DiffIds);

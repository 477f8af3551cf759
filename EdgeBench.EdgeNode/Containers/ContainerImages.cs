using System.Text.RegularExpressions;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Images;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>
/// Sees to it that an engine holds an image. An image is known by its diff ids; names and the engine's own ids differ between engines.
/// </summary>
internal sealed partial class ContainerImages(ContainerEngine engine)
{
    private static readonly TimeSpan LoadLimit = TimeSpan.FromMinutes(15);

    /// <summary>The engine's reference to the image, and whether it had to be loaded.</summary>
    /// <exception cref="InferenceFailedException">The image cannot be had.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> came.</exception>
    public async Task<(string Reference, bool Loaded)> EnsureAsync(LocalImage image, CancellationToken stop)
    {
        foreach (var name in new[] { image.Name, image.Registry }.OfType<string>())
        {
            if (await FindAsync(image, name, stop).ConfigureAwait(false) is { } present)
            {
                return (present, false);
            }
        }

        return (image.Registry is { } registry
            ? await PullAsync(image, registry, stop).ConfigureAwait(false)
            : await LoadAsync(image, stop).ConfigureAwait(false), true);
    }

    /// <summary>
    /// Pulls the image. A digest names what is pulled, but only the layers are what was measured before and is to be again.
    /// </summary>
    private async Task<string> PullAsync(LocalImage image, string registry, CancellationToken stop)
    {
        await new EngineImages(engine).PullAsync(registry, stop).ConfigureAwait(false);
        return await FindAsync(image, registry, stop).ConfigureAwait(false) ?? throw new InferenceFailedException(
            InferenceFailureKind.ImageBroken,
            $"the image {registry} has other layers than the server says; add the runtime to the server again (edgebench runtime add)");
    }

    private async Task<string> LoadAsync(LocalImage image, CancellationToken stop)
    {
        var tar = image.Tar ?? throw new InferenceFailedException(
            InferenceFailureKind.ImageBroken, $"the image {image.Name} has neither an archive nor a registry");
        var messages = await LoadAsync(image, tar, stop).ConfigureAwait(false);
        var told = messages.Select(message => LoadedImage().Match(message)).Where(match => match.Success);
        foreach (var name in told.Select(match => match.Groups[1].Value).Prepend(image.Name))
        {
            if (await FindAsync(image, name, stop).ConfigureAwait(false) is { } loaded)
            {
                return loaded;
            }
        }

        throw new InferenceFailedException(
            InferenceFailureKind.ImageBroken,
            $"the archive {image.Tar} does not hold the image {image.Name} with the layers that its description names; build it again");
    }

    private Task<string?> FindAsync(LocalImage image, string name, CancellationToken stop) => engine.AskAsync(
        $"look for the image {name}",
        InferenceFailureKind.ImageBroken,
        async (client, cancellation) =>
        {
            try
            {
                var found = await client.Images.InspectImageAsync(name, cancellation).ConfigureAwait(false);
                return (found.RootFS?.Layers ?? []).SequenceEqual(image.DiffIds) ? found.ID : null;
            }
            catch (DockerImageNotFoundException)
            {
                return null;
            }
        },
        stop);

    private async Task<IReadOnlyList<string>> LoadAsync(LocalImage image, string path, CancellationToken stop)
    {
        FileStream tar;
        try
        {
            tar = File.OpenRead(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InferenceFailedException(
                InferenceFailureKind.ImageBroken, $"the image's archive cannot be read: {problem.Message}", problem);
        }

        var messages = new EngineMessages();
        await using (tar.ConfigureAwait(false))
        {
            try
            {
                await engine.AskAsync(
                    $"load the image {image.Name}",
                    InferenceFailureKind.ImageBroken,
                    async (client, cancellation) =>
                    {
                        await client.Images.LoadImageAsync(new ImageLoadParameters { Quiet = true }, tar, messages, cancellation)
                            .ConfigureAwait(false);
                        return true;
                    },
                    stop,
                    LoadLimit).ConfigureAwait(false);
            }
            catch (InferenceFailedException problem) when (problem.Failure.Kind == InferenceFailureKind.Lost)
            {
                // An engine that refuses in the middle of the archive just closes the connection.
                var state = await engine.ProbeAsync(stop).ConfigureAwait(false);
                throw state.Facts is null ? problem : new InferenceFailedException(
                    InferenceFailureKind.ImageBroken,
                    $"the engine refuses the archive {image.Tar}: {problem.InnerException?.Message}; build it again",
                    problem);
            }
        }

        // The engine answers 200 and tells of a failure in the messages only.
        if (messages.Error is { } error)
        {
            var isDiskFull = error.Contains("no space left on device", StringComparison.Ordinal);
            throw new InferenceFailedException(
                isDiskFull ? InferenceFailureKind.DiskNotUsable : InferenceFailureKind.ImageBroken,
                $"the engine refuses the archive {image.Tar}: {OutputTail.Printable(error).ReplaceLineEndings(" ")}");
        }

        return messages.Texts;
    }

    [GeneratedRegex(@"Loaded image(?: ID)?: (\S+)")]
    private static partial Regex LoadedImage();
}

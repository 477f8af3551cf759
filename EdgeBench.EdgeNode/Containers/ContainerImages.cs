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
        if (await FindAsync(image, image.Name, stop).ConfigureAwait(false) is { } present)
        {
            return (present, false);
        }

        var messages = await LoadAsync(image, stop).ConfigureAwait(false);
        var told = messages.Select(message => LoadedImage().Match(message)).Where(match => match.Success);
        foreach (var name in told.Select(match => match.Groups[1].Value).Prepend(image.Name))
        {
            if (await FindAsync(image, name, stop).ConfigureAwait(false) is { } loaded)
            {
                return (loaded, true);
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

    private async Task<IReadOnlyList<string>> LoadAsync(LocalImage image, CancellationToken stop)
    {
        FileStream tar;
        try
        {
            tar = File.OpenRead(image.Tar);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InferenceFailedException(
                InferenceFailureKind.ImageBroken, $"the image's archive cannot be read: {problem.Message}", problem);
        }

        var messages = new MessageList();
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

    // Progress<T> would hand the messages to the thread pool, possibly after the call has ended.
    private sealed class MessageList : IProgress<JSONMessage>
    {
        private readonly List<string> _texts = [];

        public IReadOnlyList<string> Texts => _texts;

        public string? Error { get; private set; }

        public void Report(JSONMessage value)
        {
            Error ??= value.Error?.Message;
            _texts.Add(value.Stream ?? value.Status ?? "");
        }
    }
}

using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Images;

/// <summary>The images of this machine's container engine, from which people add runtimes of their own to a server.</summary>
public sealed class EngineStore : IDisposable
{
    private readonly ContainerEngine _engine;
    private readonly EngineImages _images;

    /// <summary>Prepares to talk to an engine; connects to nothing yet.</summary>
    /// <param name="engine">Its address; null finds it by the conventions of the engines' own tools.</param>
    public EngineStore(Uri? engine = null)
    {
        _engine = new ContainerEngine(engine ?? EngineAddress.Find());
        _images = new EngineImages(_engine);
    }

    /// <summary>Writes an image to a file, as <c>docker save</c> does.</summary>
    /// <exception cref="EngineStoreException">The engine does not do it.</exception>
    public Task SaveAsync(string name, string file, CancellationToken cancellation) => AskAsync(
        async () =>
        {
            // Asked before, as an engine answers some names that it does not know with an empty archive.
            await _images.InspectAsync(name, cancellation).ConfigureAwait(false);
            await _images.SaveAsync(name, file, cancellation).ConfigureAwait(false);
            return true;
        },
        cancellation);

    /// <summary>Pulls an image by its reference with a digest, and tells what it is.</summary>
    /// <exception cref="EngineStoreException">The engine does not do it.</exception>
    public Task<EngineImage> PullAsync(string reference, CancellationToken cancellation) => AskAsync(
        async () =>
        {
            await _images.PullAsync(reference, cancellation).ConfigureAwait(false);
            return await _images.InspectAsync(reference, cancellation).ConfigureAwait(false);
        },
        cancellation);

    /// <inheritdoc />
    public void Dispose() => _engine.Dispose();

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellation)
    {
        // What an engine that is not there means, and what to do, its own question tells best.
        if ((await _engine.ProbeAsync(cancellation).ConfigureAwait(false)).Problem is { } problem)
        {
            throw new EngineStoreException(problem.Message);
        }

        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (InferenceFailedException refused)
        {
            throw new EngineStoreException(refused.Message, refused);
        }
    }
}

/// <summary>A container engine does not give an image. The message says why.</summary>
public sealed class EngineStoreException(string message, Exception? inner = null) : Exception(message, inner);

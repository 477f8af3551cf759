using Docker.DotNet.Models;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>
/// What an engine tells while it loads or pulls an image. <see cref="Progress{T}"/> would hand the messages to the thread pool, possibly
/// after the call has ended.
/// </summary>
internal sealed class EngineMessages : IProgress<JSONMessage>
{
    private readonly List<string> _texts = [];

    public IReadOnlyList<string> Texts => _texts;

    /// <summary>What went wrong: an engine answers 200 and tells of a failure here only.</summary>
    public string? Error { get; private set; }

    public void Report(JSONMessage value)
    {
        Error ??= value.Error?.Message;
        _texts.Add(value.Stream ?? value.Status ?? "");
    }
}

using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.LiteRt;

/// <summary>LiteRT by its C library, with XNNPACK.</summary>
/// <param name="folder">The folder that holds the library.</param>
internal sealed class LiteRtEngine(string folder) : IEngine
{
    /// <summary>The engine's name.</summary>
    public const string Name = "litert";

    private const string Xnnpack = "xnnpack";

    private LiteRtLibrary? _library;

    /// <inheritdoc/>
    public RuntimeIdentity Identify()
    {
        _library ??= LiteRtLibrary.Load(folder);
        return new RuntimeIdentity(Name, _library.Version);
    }

    /// <inheritdoc/>
    public ILoadedModel Load(string file, int threads, IReadOnlyDictionary<string, string> options)
    {
        var library = _library ??= LiteRtLibrary.Load(folder);
        var xnnpack = new OptionReader(options, Xnnpack).Read(Xnnpack, "on", "off");
        return LiteRtModel.Load(library, file, threads, xnnpack == "on", new Dictionary<string, string> { [Xnnpack] = xnnpack });
    }
}

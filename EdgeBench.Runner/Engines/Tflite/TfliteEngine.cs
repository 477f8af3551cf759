using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.Tflite;

/// <summary>TensorFlow Lite by its C library, with the XNNPACK delegate.</summary>
/// <param name="folder">The folder that holds the library.</param>
internal sealed class TfliteEngine(string folder) : IEngine
{
    /// <summary>The engine's name.</summary>
    public const string Name = "tflite";

    private const string Xnnpack = "xnnpack";

    private TfliteLibrary? _library;

    /// <inheritdoc/>
    public RuntimeIdentity Identify()
    {
        _library ??= TfliteLibrary.Load(folder);
        return new RuntimeIdentity(Name, _library.Version);
    }

    /// <inheritdoc/>
    public ILoadedModel Load(string file, int threads, IReadOnlyDictionary<string, string> options)
    {
        var library = _library ??= TfliteLibrary.Load(folder);
        var xnnpack = new OptionReader(options, Xnnpack).Read(Xnnpack, "on", "off");
        if (xnnpack == "on" && !library.HasXnnpack)
        {
            if (options.ContainsKey(Xnnpack))
            {
                throw new RunnerException(
                    FailureCode.JobNotValid, $"job.json: option {Xnnpack} cannot be \"on\": this library was built without XNNPACK");
            }

            xnnpack = "off";
        }

        return TfliteModel.Load(library, file, threads, xnnpack == "on", new Dictionary<string, string> { [Xnnpack] = xnnpack });
    }
}

using System.Runtime.InteropServices;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Runtimes;

[assembly: AssemblyFixture(typeof(BuiltImages))]

namespace EdgeBench.Tests.Runtimes;

/// <summary>
/// The runtime images of this checkout, really built when a test first asks for one (some 15 s; nothing where it is up to date). Test
/// classes get it as a
/// constructor argument.
/// </summary>
public sealed class BuiltImages
{
    private readonly Lazy<Task<RuntimeImage>> _onnxRuntime;

    public BuiltImages() =>
        _onnxRuntime = new(() => Builder.BuildAsync(
            "onnxruntime", RuntimeInformation.OSArchitecture, progress: null, CancellationToken.None));

    /// <summary>Where the images lie.</summary>
    public RuntimeCatalog Catalog { get; } = new(Repository.PathOf("artifacts", "test-images"));

    /// <summary>Builds them.</summary>
    public RuntimeImageBuilder Builder => new(Repository.Root, Catalog);

    /// <summary>ONNX Runtime for the architecture of this machine.</summary>
    public Task<RuntimeImage> OnnxRuntimeAsync() => _onnxRuntime.Value;
}

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
    private readonly Lazy<Task<RuntimeImage>> _tflite;

    public BuiltImages()
    {
        _onnxRuntime = new(() => BuildAsync("onnxruntime"));
        _tflite = new(() => BuildAsync("tflite"));
    }

    /// <summary>Where the images lie.</summary>
    public RuntimeCatalog Catalog { get; } = new(Repository.PathOf("artifacts", "test-images"));

    /// <summary>Builds them.</summary>
    public RuntimeImageBuilder Builder => new(Repository.Root, Catalog);

    /// <summary>ONNX Runtime for the architecture of this machine.</summary>
    public Task<RuntimeImage> OnnxRuntimeAsync() => _onnxRuntime.Value;

    /// <summary>TensorFlow Lite for the architecture of this machine; without its library the calling test is left out.</summary>
    public async Task<RuntimeImage> TfliteAsync()
    {
        try
        {
            return await _tflite.Value;
        }
        catch (RuntimeBuildException problem) when (problem.Message.Contains("npm", StringComparison.Ordinal))
        {
            Assert.Skip("left out: " + problem.Message);
            throw;
        }
    }

    /// <summary>The program of an image, unpacked into a folder of this checkout.</summary>
    public string Unpack(RuntimeImage image)
    {
        lock (_onnxRuntime)
        {
            var folder = Repository.PathOf("artifacts", "test-images", image.TarSha256!);
            if (!Directory.Exists(folder))
            {
                var unfinished = folder + ".new";
                if (Directory.Exists(unfinished))
                {
                    Directory.Delete(unfinished, recursive: true);
                }

                DockerArchive.UnpackProgram(Catalog.TarOf(image), unfinished);
                Directory.Move(unfinished, folder);
            }

            return folder;
        }
    }

    private Task<RuntimeImage> BuildAsync(string runtime) =>
        Builder.BuildAsync(runtime, RuntimeInformation.OSArchitecture, progress: null, CancellationToken.None);
}

using System.Runtime.InteropServices;
using EdgeBench.Cluster.Runtimes;

namespace EdgeBench.Cluster.Checking;

/// <summary>The runtime that speaks for a format on this machine.</summary>
internal static class FormatRuntime
{
    /// <summary>Its name.</summary>
    public static string Of(string format) => format == "onnx" ? "onnxruntime" : "tflite";

    /// <summary>The program of its image.</summary>
    /// <exception cref="RuntimeBuildException">There is no image of it, or a damaged one; the message says what to do.</exception>
    public static ImageProgram ProgramOf(string format, RuntimeCatalog catalog)
    {
        var architecture = RuntimeInformation.OSArchitecture;
        return catalog.Find(Of(format), architecture) is { } image
            ? ImageProgram.Of(catalog, image)
            : throw new RuntimeBuildException(RuntimeCatalog.HowToBuild(Of(format), architecture));
    }
}

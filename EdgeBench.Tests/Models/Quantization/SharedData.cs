using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EdgeBench.Tests.Models.Quantization;

/// <summary>Files of the shared test data.</summary>
internal static class SharedData
{
    /// <summary>Raw floats, gzipped where the name says so.</summary>
    public static float[] Floats(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return MemoryMarshal.Cast<byte, float>(bytes.ToArray()).ToArray();
    }

    /// <summary>A JSON file.</summary>
    public static JsonElement Json(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}

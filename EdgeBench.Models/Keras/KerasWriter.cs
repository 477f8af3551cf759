using System.Text.Json;

namespace EdgeBench.Models.Keras;

/// <summary>Which Keras wrote a file.</summary>
internal sealed class KerasWriter
{
    /// <summary>Takes what the file says, and what it shows where it says nothing.</summary>
    public KerasWriter(string? version, string? backend, JsonElement architecture)
    {
        Version = version;
        Generation = version is null
            ? Module(architecture).StartsWith("keras", StringComparison.Ordinal) ? 3
            : 2
            : version.StartsWith("3.", StringComparison.Ordinal) ? 3 : 2;
        Refusal = version?.StartsWith("1.", StringComparison.Ordinal) == true
            ? $"was written by Keras {version}, which is not read yet; load it with Keras 2.2 and save it again"
            : backend == "theano"
            ? "was written under the Theano backend, which turned kernels round; load it with Keras 2.2 on TensorFlow and save it again"
            : null;
    }

    /// <summary>The version it names.</summary>
    public string? Version { get; }

    /// <summary>2 or 3: a few names mean different functions in the two.</summary>
    public int Generation { get; }

    /// <summary>Why what it wrote is not read; null where it is.</summary>
    public string? Refusal { get; }

    private static string Module(JsonElement architecture) =>
        new LayerConfig(architecture).Find("module") is { ValueKind: JsonValueKind.String } module
        ? module.GetString()!
        : "";
}

using System.Text.Json;
using EdgeBench.Models.Containers;

namespace EdgeBench.Models.Keras;

/// <summary>Which Keras wrote a file.</summary>
internal sealed class KerasWriter
{
    /// <summary>Takes what the file says, and what it shows where it says nothing.</summary>
    /// <exception cref="ModelFileException">What that Keras wrote is not read.</exception>
    public KerasWriter(string? version, string? backend, JsonElement architecture)
    {
        Version = version;
        Generation = version switch
        {
            null => Module(architecture).StartsWith("keras", StringComparison.Ordinal) ? 3 : 2,
            _ when version.StartsWith("1.", StringComparison.Ordinal) => throw new ModelFileException(
                $"was written by Keras {version}, which is not read yet; load it with Keras 2.2 and save it again"),
            _ => version.StartsWith("3.", StringComparison.Ordinal) ? 3 : 2,
        };
        if (backend == "theano")
        {
            throw new ModelFileException("was written under the Theano backend, which turned kernels round; load it with Keras 2.2 on TensorFlow and save it again");
        }
    }

    /// <summary>The version it names.</summary>
    public string? Version { get; }

    /// <summary>2 or 3: a few names mean different functions in the two.</summary>
    public int Generation { get; }

    private static string Module(JsonElement architecture) => new LayerConfig(architecture).Find("module") is { ValueKind: JsonValueKind.String } module
        ? module.GetString()!
        : "";
}

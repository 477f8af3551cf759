using System.Text;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Messages.Runtimes;

/// <summary>A runtime image: a container image that holds a runtime and the evaluation program, for one architecture.</summary>
public sealed record RuntimeImageRef
{
    /// <summary>The runtime's name.</summary>
    public required string Runtime { get; init; }

    /// <summary>The runtime's version.</summary>
    public required string Version { get; init; }

    /// <summary><c>x64</c> or <c>arm64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The image's name and tag in an engine: a hint, never its identity.</summary>
    public required string Name { get; init; }

    /// <summary>Its identity: the diff ids of its layers, in order.</summary>
    public required IReadOnlyList<string> DiffIds { get; init; }

    /// <summary>The program in the image with its leading arguments.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>The image as a tar that an engine loads; null where the device pulls it from <see cref="Registry"/>.</summary>
    public ArtifactRef? Tar { get; init; }

    /// <summary>From where the device's engine pulls it, as <c>HOST[:PORT]/NAME@sha256:DIGEST</c>; null where it comes as a tar.</summary>
    public string? Registry { get; init; }

    /// <summary>The SHA-256 of each native library of the runtime in lower-case hexadecimal digits, by file name.</summary>
    public IReadOnlyDictionary<string, string> Libraries { get; init => field = value ?? None; } = None;

    private static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <summary>One hash over the diff ids.</summary>
    public Sha256 Identity() => IdentityOf(DiffIds);

    /// <summary>One hash over the diff ids of an image.</summary>
    public static Sha256 IdentityOf(IReadOnlyList<string> diffIds) => Sha256.Of(Encoding.UTF8.GetBytes(string.Join('\n', diffIds)));
}

using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Images;

/// <summary>A runtime image as a Docker archive on this machine's disk.</summary>
public sealed record LocalImage
{
    /// <summary>The name under which an engine may hold it: a hint, never its identity.</summary>
    public required string Name { get; init; }

    /// <summary>Its identity: the digests (<c>sha256:...</c>) of its uncompressed layers from the lowest up.</summary>
    public required IReadOnlyList<string> DiffIds { get; init; }

    /// <summary>The program in the image with its leading arguments; the job folder follows as the last one.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>The path of the archive.</summary>
    public required string Tar { get; init; }

    /// <summary>The SHA-256 of the archive in lower-case hexadecimal digits.</summary>
    public required string TarSha256 { get; init; }

    /// <summary>An image as its description says, and where its archive lies.</summary>
    public static LocalImage Of(RuntimeImage image, string tar) => new()
    {
        Name = image.Name,
        DiffIds = image.DiffIds,
        Program = image.Runtime.Program,
        Tar = tar,
        TarSha256 = image.TarSha256,
    };
}

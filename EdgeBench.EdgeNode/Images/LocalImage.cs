using EdgeBench.Messages.Runtimes;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Images;

/// <summary>A runtime image: a Docker archive on this machine's disk, or what an engine pulls from a registry.</summary>
public sealed record LocalImage
{
    /// <summary>The name under which an engine may hold it: a hint, never its identity.</summary>
    public required string Name { get; init; }

    /// <summary>Its identity: the digests (<c>sha256:...</c>) of its uncompressed layers from the lowest up.</summary>
    public required IReadOnlyList<string> DiffIds { get; init; }

    /// <summary>The program in the image with its leading arguments; the job folder follows as the last one.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>The path of the archive; null where it comes from <see cref="Registry"/>.</summary>
    public string? Tar { get; init; }

    /// <summary>The SHA-256 of the archive in lower-case hexadecimal digits.</summary>
    public string? TarSha256 { get; init; }

    /// <summary>The reference by which an engine pulls it, with its digest; null where it comes as an archive.</summary>
    public string? Registry { get; init; }

    /// <summary>An image as its description says, and where its archive lies.</summary>
    public static LocalImage Of(RuntimeImage image, string tar) => new()
    {
        Name = image.Name,
        DiffIds = image.DiffIds,
        Program = image.Runtime.Program,
        Tar = tar,
        TarSha256 = image.TarSha256,
    };

    /// <summary>An image as the server names it, and where its archive lies, if it comes as one.</summary>
    public static LocalImage Of(RuntimeImageRef image, string? tar) => new()
    {
        Name = image.Name,
        DiffIds = image.DiffIds,
        Program = image.Program,
        Tar = tar,
        TarSha256 = image.Tar?.Sha256.Hex,
        Registry = image.Registry,
    };
}

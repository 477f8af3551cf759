using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace EdgeBench.RunnerContract;

/// <summary>
/// A runtime image: what lies in a <c>.json</c> file beside the image's <c>.tar</c>, which is a Docker archive, or alone where devices pull
/// the image from a registry.
/// </summary>
public sealed record RuntimeImage
{
    /// <summary>The manifest the image was built from.</summary>
    public required RuntimeManifest Runtime { get; init; }

    /// <summary>The processor architecture of what is inside: <c>x64</c> or <c>arm64</c>.</summary>
    [JsonConverter(typeof(CamelCaseEnumConverter<Architecture>))]
    public required Architecture Architecture { get; init; }

    /// <summary>The name under which an engine loads it, for example <c>edgebench/onnxruntime:1.31.1-x64</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The image's identity: the digests (<c>sha256:</c> and 64 hexadecimal digits) of its uncompressed layers from the lowest up, as every
    /// engine reports
    /// them under RootFS. What an engine calls the image's id differs between kinds of storage.
    /// </summary>
    public required IReadOnlyList<string> DiffIds { get; init; }

    /// <summary>The SHA-256 of each native library of the runtime in lower-case hexadecimal digits, by file name.</summary>
    public required IReadOnlyDictionary<string, string> Libraries { get; init; }

    /// <summary>The SHA-256 of the archive in lower-case hexadecimal digits; null where there is none.</summary>
    public string? TarSha256 { get; init; }

    /// <summary>The size of the archive in bytes; null where there is none.</summary>
    public long? TarBytes { get; init; }

    /// <summary>
    /// From where devices pull the image, as <c>HOST[:PORT]/NAME@sha256:DIGEST</c>; null where it travels as an archive.
    /// </summary>
    public string? Registry { get; init; }

    /// <summary>
    /// The folder of the image that holds the program and all that it needs beside the C library. Unpacked into any folder, the program
    /// runs there
    /// on a host with glibc.
    /// </summary>
    public const string ProgramFolder = "/app";
}

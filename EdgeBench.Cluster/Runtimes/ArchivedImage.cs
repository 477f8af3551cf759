using System.Runtime.InteropServices;
using EdgeBench.Formats.Images;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>What a Docker archive that somebody else wrote holds, as far as a runtime image goes.</summary>
/// <param name="Name">The name under which an engine loads it; its id where it has none.</param>
/// <param name="Architecture">The architecture of what is inside.</param>
/// <param name="DiffIds">The digests of its layers from the lowest up.</param>
/// <param name="Files">The paths of its files, without leading slash.</param>
internal sealed record ArchivedImage(
    string Name, Architecture Architecture, IReadOnlyList<string> DiffIds, IReadOnlySet<string> Files)
{
    /// <summary>Reads an archive, and checks its layers against the digests that it names.</summary>
    /// <exception cref="RuntimeBuildException">It is none, a damaged one, or one for another kind of machine.</exception>
    public static ArchivedImage Read(string archive)
    {
        try
        {
            using var image = DockerArchive.Open(archive);
            return new ArchivedImage(image.Name, ArchitectureOf(image.Architecture, image.Name), image.DiffIds, image.CheckLayers());
        }
        catch (InvalidDataException problem)
        {
            throw new RuntimeBuildException(problem.Message, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new RuntimeBuildException($"{archive} cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>The architecture that images call so.</summary>
    /// <exception cref="RuntimeBuildException">There are no devices of that kind.</exception>
    public static Architecture ArchitectureOf(string name, string image) => name switch
    {
        "amd64" => Architecture.X64,
        "arm64" => Architecture.Arm64,
        _ => throw new RuntimeBuildException($"the image {image} is for {name}; devices are x64 (amd64) or arm64"),
    };
}

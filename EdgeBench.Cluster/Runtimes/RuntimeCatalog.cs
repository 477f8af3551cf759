using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>The runtime images that have been built: a folder with a <c>.tar</c> and a <c>.json</c> for each.</summary>
/// <param name="folder">The folder; it need not exist yet.</param>
public sealed class RuntimeCatalog(string folder)
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>All images, by runtime and architecture.</summary>
    /// <exception cref="RuntimeBuildException">A description in the folder is damaged.</exception>
    public IReadOnlyList<RuntimeImage> List() => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(Read)
            .Where(image => File.Exists(TarOf(image)))]
        : [];

    /// <summary>
    /// The image of a runtime for an architecture, or null where it has not been built: <see cref="HowToBuild"/> then says what to type.
    /// </summary>
    /// <exception cref="RuntimeBuildException">A description in the folder is damaged.</exception>
    public RuntimeImage? Find(string runtime, Architecture architecture) =>
        List().FirstOrDefault(image => image.Runtime.Name == runtime && image.Architecture == architecture);

    /// <summary>The image's archive.</summary>
    public string TarOf(RuntimeImage image) => PathOf(image.Runtime.Name, image.Architecture, ".tar");

    /// <summary>A sentence with the command that builds an image.</summary>
    public static string HowToBuild(string runtime, Architecture architecture) =>
        $"there is no image of {runtime} for {Toolchain.NameOf(architecture)} yet; build it with: edgebench runtime build {runtime} --arch "
        + Toolchain.NameOf(architecture);

    /// <summary>A file that belongs to an image.</summary>
    internal string PathOf(string runtime, Architecture architecture, string extension) =>
        Path.Combine(Folder, $"{runtime}-{Toolchain.NameOf(architecture)}{extension}");

    private static RuntimeImage Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(file), RunnerJson.Default.RuntimeImage)
                ?? throw new JsonException("it is empty");
        }
        catch (JsonException problem)
        {
            throw new RuntimeBuildException(
                $"{file} is no description of a runtime image: {problem.Message}; delete it and build the image again", problem);
        }
    }
}

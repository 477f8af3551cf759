using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>The runtime images that have been built: a folder with a <c>.tar</c> and a <c>.json</c> for each.</summary>
/// <param name="folder">The folder; it need not exist yet.</param>
public sealed class RuntimeCatalog(string folder)
{
    private const string Problem = ".problem";

    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>All images, by runtime and architecture.</summary>
    /// <exception cref="RuntimeBuildException">A description in the folder is damaged.</exception>
    public IReadOnlyList<RuntimeImage> List() => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(Read)
            .Where(image => image.Registry is not null || File.Exists(TarOf(image)))]
        : [];

    /// <summary>
    /// The image of a runtime for an architecture, or null where it has not been built: <see cref="HowToBuild"/> then says what to type.
    /// </summary>
    /// <exception cref="RuntimeBuildException">A description in the folder is damaged.</exception>
    public RuntimeImage? Find(string runtime, Architecture architecture) =>
        List().FirstOrDefault(image => image.Runtime.Name == runtime && image.Architecture == architecture);

    /// <summary>The image's archive.</summary>
    public string TarOf(RuntimeImage image) => PathOf(image.Runtime.Name, image.Architecture, ".tar");

    /// <summary>The file that describes the image.</summary>
    public string DescriptionOf(RuntimeImage image) => PathOf(image.Runtime.Name, image.Architecture, ".json");

    /// <summary>Why images could not be built, where the last try failed and there is none from before.</summary>
    public IReadOnlyList<MissingImage> ListMissing() => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*" + Problem).Order(StringComparer.Ordinal).Select(ReadProblem).OfType<MissingImage>()
            .Where(missing => Find(missing.Runtime, missing.Architecture) is null)]
        : [];

    /// <summary>A sentence with the command that builds an image.</summary>
    public static string HowToBuild(string runtime, Architecture architecture) =>
        $"there is no image of {runtime} for {Toolchain.NameOf(architecture)} yet; build it with: edgebench runtime build {runtime} --arch "
        + Toolchain.NameOf(architecture);

    /// <summary>A file that belongs to an image.</summary>
    internal string PathOf(string runtime, Architecture architecture, string extension) =>
        Path.Combine(Folder, $"{runtime}-{Toolchain.NameOf(architecture)}{extension}");

    /// <summary>Remembers why an image could not be built.</summary>
    internal void KeepProblem(string runtime, Architecture architecture, string message)
    {
        // A rename moves the folder's time, by which a server sees that something is new.
        var file = PathOf(runtime, architecture, Problem);
        File.WriteAllText(file + ".new", message);
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Forgets it, as the image is built now.</summary>
    internal void ForgetProblem(string runtime, Architecture architecture) => File.Delete(PathOf(runtime, architecture, Problem));

    private static MissingImage? ReadProblem(string file)
    {
        var name = Path.GetFileName(file)[..^Problem.Length];
        var dash = name.LastIndexOf('-');
        return dash > 0 && Enum.TryParse<Architecture>(name[(dash + 1)..], ignoreCase: true, out var architecture)
            ? new MissingImage(name[..dash], architecture, File.ReadAllText(file))
            : null;
    }

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

/// <summary>An image that could not be built.</summary>
/// <param name="Runtime">The runtime's name.</param>
/// <param name="Architecture">The architecture.</param>
/// <param name="Reason">Why, and what to do.</param>
public sealed record MissingImage(string Runtime, Architecture Architecture, string Reason);

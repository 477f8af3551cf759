using System.Runtime.InteropServices;
using EdgeBench.Messages.Artifacts;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>Makes an image of a published runner without an engine.</summary>
internal static class RuntimeImagePacker
{
    /// <summary>Packs an image.</summary>
    /// <param name="runtime">The runtime's manifest.</param>
    /// <param name="architecture">The architecture the runner was published for.</param>
    /// <param name="published">The folder of the published runner; all that it holds goes into the image.</param>
    /// <param name="archive">The file to write; replaced where it exists.</param>
    /// <param name="programs">What people read in the image's history of the layer with the program.</param>
    /// <exception cref="RuntimeBuildException">The folder does not hold what the manifest names, or a library is missing here.</exception>
    public static RuntimeImage Pack(
        RuntimeManifest runtime, Architecture architecture, string published, string archive, string programs = "EdgeBench runner")
    {
        var files = Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories).ToList();
        var names = files.Select(file => Path.GetRelativePath(published, file)).ToHashSet();
        var program = Path.GetRelativePath(RuntimeImage.ProgramFolder, runtime.Program[0]);
        if (runtime.Libraries.Prepend(program).Where(name => !names.Contains(name)).ToList() is { Count: > 0 } missing)
        {
            throw new RuntimeBuildException(
                $"the published runner lacks {string.Join(", ", missing)}, which the manifest of {runtime.Name} names");
        }

        var libraries = runtime.Libraries.ToDictionary(library => library, library => Path.Combine(published, library));
        List<ImageLayer> layers =
        [
            SystemLayer(SystemLibraries.For(architecture).NeededBy(files)),
            ProgramLayer($"{runtime.Name} {runtime.Version}", published, libraries.Values),
            ProgramLayer(programs, published, files.Except(libraries.Values)),
        ];

        var name = $"edgebench/{runtime.Name}:{runtime.Version}-{Toolchain.NameOf(architecture)}";
        using (var output = File.Create(archive))
        {
            ImageArchive.Write(output, runtime, architecture, name, layers);
        }

        return new RuntimeImage
        {
            Runtime = runtime,
            Architecture = architecture,
            Name = name,
            DiffIds = [.. layers.Select(ImageArchive.DiffId)],
            Libraries = libraries.ToDictionary(pair => pair.Key, pair => Sha256.OfFile(pair.Value).Hex),
            TarSha256 = Sha256.OfFile(archive).Hex,
            TarBytes = new FileInfo(archive).Length,
        };
    }

    // Loaders look for libraries in /lib or in /lib64, depending on the distribution they come from.
    private static ImageLayer SystemLayer(SortedDictionary<string, string> libraries)
    {
        var content = new Dictionary<string, LayerEntry>
        {
            ["lib"] = new LayerFolder(),
            ["lib64"] = new LayerLink("lib"),
            ["tmp"] = new LayerFolder(WritableByAll: true),
        };
        foreach (var (name, file) in libraries)
        {
            content["lib/" + name] = new LayerFile(file);
        }

        return ImageLayer.Pack("C library", content);
    }

    private static ImageLayer ProgramLayer(string createdBy, string published, IEnumerable<string> files)
    {
        var root = RuntimeImage.ProgramFolder.TrimStart('/');
        var content = new Dictionary<string, LayerEntry> { [root] = new LayerFolder() };
        foreach (var file in files)
        {
            var path = Path.Combine(root, Path.GetRelativePath(published, file));
            content[path] = new LayerFile(file);
            for (var folder = Path.GetDirectoryName(path)!; folder != root; folder = Path.GetDirectoryName(folder)!)
            {
                content[folder] = new LayerFolder();
            }
        }

        return ImageLayer.Pack(createdBy, content);
    }
}

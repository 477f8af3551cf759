using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeBench.Messages.Artifacts;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// The runtimes that people added to a server, beside those of EdgeBench: images packed from files, taken as an archive, or pulled by the
/// devices from a registry. A server that runs finds them at its next question.
/// </summary>
/// <param name="folder">The folder in the server's data; it need not exist yet.</param>
/// <param name="taken">The names that are EdgeBench's own.</param>
public sealed partial class AddedRuntimes(string folder, IReadOnlyCollection<string> taken)
{
    /// <summary>The name of the folder in a server's data.</summary>
    public const string FolderName = "runtimes";

    private static readonly string[] Descriptions = [RuntimeManifest.FileName, "Dockerfile", "README", "README.md"];

    /// <summary>The images.</summary>
    public RuntimeCatalog Catalog { get; } = new(folder);

    /// <summary>Packs an image from files, and adds it.</summary>
    /// <param name="source">The folder with the manifest and the files.</param>
    /// <param name="architecture">The architecture that the files are for.</param>
    /// <exception cref="RuntimeBuildException">It cannot be; the message says what to do.</exception>
    public RuntimeImage AddFiles(string source, Architecture architecture)
    {
        var manifest = Manifest(source);
        Directory.CreateDirectory(folder);
        var work = Directory.CreateDirectory(Path.Combine(folder, Path.GetRandomFileName())).FullName;
        try
        {
            var staged = Directory.CreateDirectory(Path.Combine(work, "app")).FullName;
            Stage(manifest, source, staged);
            CheckProgram(manifest, staged);
            var archive = Path.Combine(work, "image.tar");
            return Keep(
                RuntimeImagePacker.Pack(manifest, architecture, staged, archive, $"files of {manifest.Name} {manifest.Version}"), archive);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Adds an image that somebody built.</summary>
    /// <param name="source">The folder with the manifest.</param>
    /// <param name="archive">The image as <c>docker save</c> writes it; it is copied.</param>
    /// <exception cref="RuntimeBuildException">It cannot be; the message says what to do.</exception>
    public RuntimeImage AddArchive(string source, string archive)
    {
        var manifest = Manifest(source);
        var image = ArchivedImage.Read(archive);
        if (!image.Files.Contains(manifest.Program[0].TrimStart('/')))
        {
            throw new RuntimeBuildException(
                $"{archive} holds no {manifest.Program[0]}, which the manifest of {manifest.Name} names as its program");
        }

        Directory.CreateDirectory(folder);
        var copy = Path.Combine(folder, Path.GetRandomFileName());
        File.Copy(archive, copy);
        return Keep(
            new RuntimeImage
            {
                Runtime = manifest,
                Architecture = image.Architecture,
                Name = image.Name,
                DiffIds = image.DiffIds,
                Libraries = new Dictionary<string, string>(),
                TarSha256 = Sha256.OfFile(copy).Hex,
                TarBytes = new FileInfo(copy).Length,
            },
            copy);
    }

    /// <summary>Adds an image that devices pull from a registry.</summary>
    /// <param name="source">The folder with the manifest.</param>
    /// <param name="reference">From where, as <c>HOST[:PORT]/NAME@sha256:DIGEST</c>.</param>
    /// <param name="architecture">The processor's name as the image says it: <c>amd64</c>, <c>arm64</c>.</param>
    /// <param name="diffIds">The digests of its layers from the lowest up.</param>
    /// <exception cref="RuntimeBuildException">It cannot be; the message says what to do.</exception>
    public RuntimeImage AddReference(string source, string reference, string architecture, IReadOnlyList<string> diffIds)
    {
        var manifest = Manifest(source);
        CheckReference(reference);
        Directory.CreateDirectory(folder);
        return Keep(
            new RuntimeImage
            {
                Runtime = manifest,
                Architecture = ArchivedImage.ArchitectureOf(architecture, reference),
                Name = reference,
                DiffIds = diffIds,
                Libraries = new Dictionary<string, string>(),
                Registry = reference,
            },
            archive: null);
    }

    /// <summary>Sees that a reference names a registry and the digest of what is to be pulled.</summary>
    /// <exception cref="RuntimeBuildException">It does not.</exception>
    public static void CheckReference(string reference)
    {
        if (!ReferencePattern().IsMatch(reference))
        {
            throw new RuntimeBuildException(
                $"'{reference}' is no HOST[:PORT]/NAME@sha256:DIGEST; the digest is what 'docker push' prints, and a tag can be moved");
        }
    }

    /// <summary>The manifest of a runtime that may be added.</summary>
    /// <exception cref="RuntimeBuildException">It is not as the contract says, or its name is taken.</exception>
    public RuntimeManifest Manifest(string source)
    {
        var manifest = RuntimeFolder.ReadFrom(source);
        return taken.Contains(manifest.Name)
            ? throw new RuntimeBuildException(
                $"{manifest.Name} is a runtime of EdgeBench itself; give yours another name, in {RuntimeManifest.FileName} of {source}")
            : manifest;
    }

    /// <summary>Removes a runtime that was added.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>What was removed.</returns>
    /// <exception cref="RuntimeBuildException">No such runtime was added.</exception>
    public IReadOnlyList<RuntimeImage> Remove(string name)
    {
        var images = Catalog.List();
        var removed = images.Where(image => image.Runtime.Name == name).ToList();
        if (removed.Count == 0)
        {
            var known = images.Select(image => image.Runtime.Name).Distinct().ToList();
            throw new RuntimeBuildException(taken.Contains(name)
                ? $"{name} is a runtime of EdgeBench itself and was not added"
                : $"no runtime {name} was added; added: {(known.Count == 0 ? "none" : string.Join(", ", known))}");
        }

        foreach (var image in removed)
        {
            File.Delete(Catalog.DescriptionOf(image));
            File.Delete(Catalog.TarOf(image));
        }

        return removed;
    }

    private static void Stage(RuntimeManifest manifest, string source, string staged)
    {
        var root = Path.GetFullPath(source);
        var named = manifest.Files.Count > 0
            ? manifest.Files
            : [.. Directory.EnumerateFileSystemEntries(root).Select(entry => Path.GetFileName(entry)).Except(Descriptions)];
        foreach (var name in named)
        {
            var path = Path.GetFullPath(Path.Combine(root, name));
            if (!path.StartsWith(root.TrimEnd('/') + '/', StringComparison.Ordinal))
            {
                throw new RuntimeBuildException($"files: {name} is not below {source}; copy it there");
            }

            IEnumerable<string> files = Directory.Exists(path)
                ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                : File.Exists(path) ? [path] : throw new RuntimeBuildException($"files: there is no {name} in {source}");
            foreach (var file in files)
            {
                var target = Path.Combine(staged, Path.GetRelativePath(root, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                // Through links, which may lead out of the folder.
                File.Copy(new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file, target, overwrite: true);
            }
        }
    }

    private static void CheckProgram(RuntimeManifest manifest, string staged)
    {
        var name = Path.GetRelativePath(RuntimeImage.ProgramFolder, manifest.Program[0]);
        var program = Path.Combine(staged, name);
        if (!File.Exists(program))
        {
            throw new RuntimeBuildException(
                $"the program of {manifest.Name} is {manifest.Program[0]}, but there is no file {name} for it beside the manifest");
        }

        if (!File.GetUnixFileMode(program).HasFlag(UnixFileMode.UserExecute))
        {
            throw new RuntimeBuildException($"{name}, the program of {manifest.Name}, may not be executed: chmod +x {name}");
        }

        using var reader = new StreamReader(program);
        var first = new char[256];
        var line = new string(first, 0, reader.ReadBlock(first)).Split('\n')[0];
        if (line.StartsWith("#!", StringComparison.Ordinal)
            && line[2..].Trim().Split(' ')[0] is var interpreter
            && !File.Exists(Path.Combine(staged, Path.GetRelativePath(RuntimeImage.ProgramFolder, interpreter))))
        {
            throw new RuntimeBuildException(
                $"{name}, the program of {manifest.Name}, is a script for {interpreter}, which the image does not have; put it beside the "
                + $"manifest and begin the program with it ([\"{RuntimeImage.ProgramFolder}/{Path.GetFileName(interpreter)}\", "
                + $"\"{manifest.Program[0]}\"]), or build the image with the Dockerfile and add it with --image");
        }
    }

    private RuntimeImage Keep(RuntimeImage image, string? archive)
    {
        var tar = Catalog.TarOf(image);
        if (archive is null)
        {
            File.Delete(tar);
        }
        else
        {
            File.Move(archive, tar, overwrite: true);
        }

        var description = Catalog.DescriptionOf(image);
        File.WriteAllText(description + ".new", JsonSerializer.Serialize(image, RunnerJson.Default.RuntimeImage));
        File.Move(description + ".new", description, overwrite: true);
        return image;
    }

    [GeneratedRegex("^[A-Za-z0-9.-]+(:[0-9]{1,5})?/[a-z0-9][a-z0-9._/-]*@sha256:[0-9a-f]{64}$")]
    private static partial Regex ReferencePattern();
}

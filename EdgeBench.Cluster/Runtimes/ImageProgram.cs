using EdgeBench.Formats.Images;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>The program of an image of the catalog, unpacked so that this machine can run it.</summary>
/// <param name="Runtime">The image's manifest.</param>
/// <param name="Path">The program.</param>
internal sealed record ImageProgram(RuntimeManifest Runtime, string Path)
{
    private static readonly Lock Turn = new();

    /// <summary>The program of an image, unpacked once.</summary>
    /// <exception cref="RuntimeBuildException">The image's archive is damaged or not here, or there is no room for its program.</exception>
    public static ImageProgram Of(RuntimeCatalog catalog, RuntimeImage image)
    {
        var archive = image.TarSha256 ?? throw new RuntimeBuildException(
            $"the image of {image.Runtime.Name} comes from a registry and has no archive here, so its program is not run");
        var folder = System.IO.Path.Combine(catalog.Folder, "programs", archive);
        var program = System.IO.Path.Combine(
            folder, System.IO.Path.GetRelativePath(RuntimeImage.ProgramFolder, image.Runtime.Program[0]));
        try
        {
            lock (Turn)
            {
                if (!Directory.Exists(folder))
                {
                    Unpack(catalog.TarOf(image), folder);
                }
            }

            return File.Exists(program)
                ? new ImageProgram(image.Runtime, program)
                : throw new InvalidDataException($"it holds no {image.Runtime.Program[0]}");
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new RuntimeBuildException($"the program of {image.Name} cannot be unpacked: {problem.Message}", problem);
        }
    }

    private static void Unpack(string archive, string folder)
    {
        // Other processes may unpack it too: whoever comes last finds it there.
        var unfinished = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(unfinished);
        using (var image = DockerArchive.Open(archive))
        {
            image.Extract(RuntimeImage.ProgramFolder, unfinished);
        }

        try
        {
            Directory.Move(unfinished, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(unfinished, recursive: true);
        }
    }
}

using System.Security.Cryptography;
using System.Text.Json;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.Formats.Images;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Images;

/// <summary>Programs of runtime images, unpacked once to be run without a container.</summary>
/// <param name="folder">Where they lie, each under the SHA-256 of its archive.</param>
internal sealed class UnpackedRuntimes(string folder)
{
    private const string EnvironmentFile = "environment.json";

    /// <summary>Sees to it that an image is unpacked.</summary>
    /// <returns>The program, and whether it had to be unpacked.</returns>
    /// <exception cref="InferenceFailedException">It cannot be.</exception>
    public async Task<(UnpackedRuntime Runtime, bool Unpacked)> EnsureAsync(LocalImage image, CancellationToken cancellation)
    {
        if (image is not { TarSha256: { } hash, Tar: { } tar })
        {
            throw new InferenceFailedException(
                InferenceFailureKind.ImageBroken,
                $"the image {image.Name} comes from a registry, which only a container engine pulls from; start this node without "
                + "--isolation process, or add the runtime to the server with --image");
        }

        var path = Path.Combine(folder, hash);
        var unpack = !Directory.Exists(path);
        try
        {
            if (unpack)
            {
                await UnpackAsync(image, tar, path, cancellation).ConfigureAwait(false);
            }

            var json = await File.ReadAllBytesAsync(Path.Combine(path, EnvironmentFile), cancellation).ConfigureAwait(false);
            var environment = JsonSerializer.Deserialize(json, EdgeNodeJson.Default.IReadOnlyListString);
            return (new UnpackedRuntime(Program(image, path), environment ?? []), unpack);
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException || DurableFile.IsDiskFull(problem))
        {
            throw new InferenceFailedException(InferenceFailureKind.DiskNotUsable, DataFolderException.Describe(folder, problem), problem);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException)
        {
            throw new InferenceFailedException(
                InferenceFailureKind.ImageBroken, $"the image {image.Name} cannot be unpacked: {problem.Message}; build it again", problem);
        }
    }

    private static async Task UnpackAsync(LocalImage image, string tar, string path, CancellationToken cancellation)
    {
        var partial = path + DurableFile.PartialSuffix;
        if (Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }

        var file = File.OpenRead(tar);
        await using (file.ConfigureAwait(false))
        {
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation).ConfigureAwait(false)) != image.TarSha256)
            {
                throw new InvalidDataException($"{tar} does not have the SHA-256 that its description names");
            }
        }

        await Task.Run(() => Unpack(image, tar, partial, cancellation), cancellation).ConfigureAwait(false);
        DurableFile.PublishFolder(partial, path);
    }

    private static void Unpack(LocalImage image, string tar, string folder, CancellationToken cancellation)
    {
        using var archive = DockerArchive.Open(tar, cancellation);
        if (!archive.DiffIds.SequenceEqual(image.DiffIds))
        {
            throw new InvalidDataException($"{tar} does not hold the layers that its description names");
        }

        var program = Directory.CreateDirectory(Path.Combine(folder, RuntimeImage.ProgramFolder.Trim('/'))).FullName;
        archive.Extract(RuntimeImage.ProgramFolder, program, cancellation);
        DurableFile.Write(
            Path.Combine(folder, EnvironmentFile),
            JsonSerializer.SerializeToUtf8Bytes(archive.Environment, EdgeNodeJson.Default.IReadOnlyListString));
    }

    private static List<string> Program(LocalImage image, string path)
    {
        const string Prefix = RuntimeImage.ProgramFolder + "/";
        var program = image.Program.Select(part => part.StartsWith(Prefix, StringComparison.Ordinal) ? path + part : part).ToList();
        return program.Count > 0 && program[0] != image.Program[0] && File.Exists(program[0]) ? program : throw new InvalidDataException(
            $"its program '{string.Join(' ', image.Program)}' is no file below {RuntimeImage.ProgramFolder}");
    }
}

/// <summary>A runtime's program on disk.</summary>
/// <param name="Program">The program with its leading arguments.</param>
/// <param name="Environment">The environment variables that the image asks for, as <c>NAME=VALUE</c>.</param>
internal sealed record UnpackedRuntime(IReadOnlyList<string> Program, IReadOnlyList<string> Environment);

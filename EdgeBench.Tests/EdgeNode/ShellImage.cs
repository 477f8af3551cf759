using System.Diagnostics;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Images;
using EdgeBench.Tests.EdgeNode;

[assembly: AssemblyFixture(typeof(ShellImage))]

namespace EdgeBench.Tests.EdgeNode;

/// <summary>
/// A runtime image, as an engine loads it, whose runner is a shell script that behaves as its first argument says. Its C library and
/// programs are copied from this machine.
/// </summary>
public sealed class ShellImage : IDisposable
{
    private static readonly string[] Programs = ["/bin/sh", "/bin/cat", "/bin/sleep", "/usr/bin/tail", "/usr/bin/yes", "/usr/bin/touch"];

    private readonly Lazy<(string Tar, LocalImage Image)> _image;
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-image-").FullName;

    public ShellImage() => _image = new Lazy<(string, LocalImage)>(Build);

    /// <summary>The image, with a runner that behaves so.</summary>
    internal LocalImage Behaving(string behaviour) => _image.Value.Image with { Program = ["/app/runner", behaviour] };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (string, LocalImage) Build()
    {
        var layers = new[] { Layer(tar => AddPrograms(tar)), Layer(AddRunner) };
        var diffIds = layers.Select(layer => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(layer))).ToArray();
        var name = "edgebench-tests/shell:" + diffIds[1][^12..];
        var configuration = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = DeviceFactsReader.ReadThisDevice().Architecture is "x64" ? "amd64" : "arm64",
            os = "linux",
            config = new { Env = new[] { "PATH=/usr/bin:/bin", "GREETING=hello from the image" } },
            rootfs = new { type = "layers", diff_ids = diffIds },
        });
        var configurationName = Convert.ToHexStringLower(SHA256.HashData(configuration)) + ".json";
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new[]
        {
            new
            {
                Config = configurationName,
                RepoTags = new[] { name },
                Layers = layers.Select((_, index) => $"layer{index}.tar").ToArray(),
            },
        });
        var archive = Layer(tar =>
        {
            Add(tar, configurationName, configuration);
            for (var index = 0; index < layers.Length; index++)
            {
                Add(tar, $"layer{index}.tar", layers[index]);
            }

            Add(tar, "manifest.json", manifest);
        });
        var path = Path.Combine(_folder, "shell.tar");
        File.WriteAllBytes(path, archive);
        return (path, new LocalImage
        {
            Name = name,
            DiffIds = diffIds,
            Program = ["/app/runner", "measure"],
            Tar = path,
            TarSha256 = Convert.ToHexStringLower(SHA256.HashData(archive)),
        });
    }

    private static void AddPrograms(TarWriter tar)
    {
        foreach (var file in Programs.Concat(Programs.SelectMany(Libraries)).Distinct())
        {
            Add(tar, file.TrimStart('/'), File.ReadAllBytes(file), executable: true);
        }
    }

    // What the loader says that a program needs: "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)", and the loader itself,
    // "/lib64/ld-linux-x86-64.so.2 (0x...)".
    private static IEnumerable<string> Libraries(string program)
    {
        using var process = Process.Start(new ProcessStartInfo("ldd", program) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        return lines.SelectMany(line => line.Split(' ', '\t')).Where(word => word.StartsWith('/') && File.Exists(word));
    }

    private static void AddRunner(TarWriter tar)
    {
        Add(tar, "app/runner", Encoding.UTF8.GetBytes(RunnerScript.Text), executable: true);
        Add(tar, "app/data/real", Encoding.UTF8.GetBytes("beside the runner"));
        tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "app/data/link") { LinkName = "real" });
    }

    private static byte[] Layer(Action<TarWriter> fill)
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, TarEntryFormat.Ustar, leaveOpen: true))
        {
            fill(tar);
        }

        return memory.ToArray();
    }

    private static void Add(TarWriter tar, string name, byte[] content, bool executable = false) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = new MemoryStream(content),
            Mode = (UnixFileMode)(executable ? 0b111_101_101 : 0b110_100_100),
            ModificationTime = DateTimeOffset.UnixEpoch,
        });
}

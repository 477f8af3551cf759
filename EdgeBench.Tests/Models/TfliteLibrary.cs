using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Models;

/// <summary>The C library of TFLite 2.9.0 as an npm package ships it.</summary>
internal static class TfliteLibrary
{
    private const string Package = "tfjs-tflite-node@0.0.2";

    private static readonly Dictionary<ProcessorArchitecture, (string Folder, string Sha256)> Libraries = new()
    {
        [ProcessorArchitecture.X64] = ("linux_amd64", "dc89b4cd86d956516570bd483668e6dd98907f49901d0567dedc69a29a56b7f7"),
        [ProcessorArchitecture.Arm64] = ("linux_arm64", "ec0dee4fb3418e680d010248ac1e304d9656cc5c8de54caaf91d666712e2f633"),
    };

    private static readonly Lazy<(nint Library, string? WhyNot)> Loaded = new(Load);

    /// <summary>Why there is none; null where it is loaded.</summary>
    public static string? WhyNot => Loaded.Value.WhyNot;

    /// <summary>A function of the library.</summary>
    public static T Export<T>(string name) =>
        Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(Loaded.Value.Library, name));

    /// <summary>The library, fetched once and kept; only the very bytes that were tried are loaded.</summary>
    private static (nint Library, string? WhyNot) Load()
    {
        var kept = Repository.PathOf("artifacts", "tests", "libtensorflowlite_c-2.9.0.so");
        var (folder, sha256) = Libraries[RuntimeInformation.ProcessArchitecture];
        if (!File.Exists(kept) && Fetch(folder, kept) is { } reason)
        {
            return (0, reason);
        }

        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(kept))));
        return (NativeLibrary.Load(kept), null);
    }

    private static string? Fetch(string folder, string kept)
    {
        using var scratch = new ScratchFolder();
        var start = new ProcessStartInfo("npm", ["pack", Package, "--silent"])
        {
            WorkingDirectory = scratch.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var npm = Process.Start(start)!;
            npm.OutputDataReceived += (_, _) => { };
            npm.BeginOutputReadLine();
            var error = npm.StandardError.ReadToEnd();
            npm.WaitForExit();
            if (npm.ExitCode != 0)
            {
                return $"npm has no {Package} here: {error.Trim()}";
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "npm is not here";
        }

        using var packed = File.OpenRead(Directory.GetFiles(scratch.Path, "*.tgz").Single());
        using var archive = new GZipStream(packed, CompressionMode.Decompress);
        using var tar = new TarReader(archive);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name.EndsWith($"{folder}/libtensorflowlite_c.so", StringComparison.Ordinal))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
                var partial = $"{kept}.{Guid.NewGuid():N}";
                entry.ExtractToFile(partial, overwrite: false);
                File.Move(partial, kept, overwrite: true);
                return null;
            }
        }

        return $"{Package} holds no library for {folder}";
    }
}

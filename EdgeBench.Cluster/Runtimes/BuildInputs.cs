using System.Security.Cryptography;
using System.Text;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>All that an image is made of, as one hash: while it stays the same, so does the image.</summary>
internal static class BuildInputs
{
    private static readonly string[] SourceFolders =
        ["EdgeBench.Runner", "EdgeBench.RunnerContract", Path.Combine("EdgeBench.Cluster", "Runtimes")];

    private static readonly string[] SourceFiles = ["Directory.Build.props", "Directory.Packages.props", "global.json"];

    /// <summary>The hash in lower-case hexadecimal digits.</summary>
    /// <exception cref="RuntimeBuildException">The folder is no checkout.</exception>
    public static string Hash(string repository, RuntimeManifest runtime, SystemLibraries libraries, bool canLink, string nativeLibraries)
    {
        if (SourceFolders.FirstOrDefault(folder => !Directory.Exists(Path.Combine(repository, folder))) is { } missing)
        {
            throw new RuntimeBuildException(
                $"{repository} is no checkout of EdgeBench (there is no {missing}); runtime images are built from one");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = SourceFolders.Append(Path.Combine("runtimes", runtime.Name))
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(repository, folder), "*", SearchOption.AllDirectories))
            .Concat(SourceFiles.Select(file => Path.Combine(repository, file)));
        foreach (var file in files.Where(IsSource).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(repository, file) + '\n'));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(file)));
        }

        var tools = string.Join('\n', InstalledSdks());
        hash.AppendData(Encoding.UTF8.GetBytes($"{libraries.Version()}\n{canLink}\n{nativeLibraries}\n{tools}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A checkout that was once built without an artifacts folder may hold these.
    private static bool IsSource(string file) => !file.Split('/').Any(part => part is "bin" or "obj");

    // The SDK brings the compiler and the part of .NET that goes into the runner.
    private static IEnumerable<string> InstalledSdks()
    {
        var folder = Path.Combine(DotnetHost.Root, "sdk");
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal) : [];
    }
}

using System.Runtime.InteropServices;
using EdgeBench.Cluster.Packaging;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Tests.Packaging;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

[assembly: AssemblyFixture(typeof(BuiltPackages))]

namespace EdgeBench.Tests.Packaging;

/// <summary>
/// Packages of this checkout, really published and packed when a test first asks for one, which takes a minute or so for each architecture.
/// They hold the runtime images that are built by then.
/// </summary>
public sealed class BuiltPackages : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-package-").FullName;
    private readonly Lazy<Task<(string Published, Package Package)>> _own;
    private readonly Lazy<Task<(string Published, Package Package)>> _arm64;

    public BuiltPackages()
    {
        _own = new(() => BuildAsync(RuntimeInformation.OSArchitecture));
        _arm64 = new(() => BuildAsync(ProcessorArchitecture.Arm64));
    }

    private static PackageBuilder Builder => new(Repository.Root, new RuntimeCatalog(Repository.PathOf("artifacts", "test-images")));

    /// <summary>The package for this machine, unpacked into a folder of the caller's.</summary>
    public async Task<string> UnpackOwnAsync(string folder) => await UnpackAsync((await _own.Value).Package, folder);

    /// <summary>The package for arm64, unpacked into a folder of the caller's.</summary>
    public async Task<string> UnpackArm64Async(string folder) => await UnpackAsync((await _arm64.Value).Package, folder);

    /// <summary>The package for this machine.</summary>
    public async Task<Package> OwnAsync() => (await _own.Value).Package;

    /// <summary>The same published command and images, packed once more.</summary>
    public async Task<Package> PackOwnAgainAsync() => await Builder.PackAsync(
        (await _own.Value).Published,
        RuntimeInformation.OSArchitecture,
        Path.Combine(_folder, "again"),
        null,
        TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(string Published, Package Package)> BuildAsync(ProcessorArchitecture architecture)
    {
        // One after the other: each takes the whole machine.
        var published = await CommandPublisher.PublishAsync(Repository.Root, architecture, null, CancellationToken.None);
        return (published, await Builder.PackAsync(published, architecture, _folder, null, CancellationToken.None));
    }

    private static async Task<string> UnpackAsync(Package package, string folder)
    {
        Directory.CreateDirectory(folder);
        var unpacked = await BareCommand.RunAsync("tar", ["-xzf", package.Path, "-C", folder]);
        Assert.True(unpacked.ExitCode == 0, unpacked.Error);
        return Assert.Single(Directory.GetFileSystemEntries(folder));
    }
}

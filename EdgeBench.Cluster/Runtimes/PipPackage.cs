using System.IO.Compression;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>A package of PyPI as a wheel, which is a zip.</summary>
/// <param name="wheel">Which wheel.</param>
internal sealed class PipPackage(PipWheel wheel) : PublishedPackage
{
    private const string Tool = "pip";

    /// <inheritdoc/>
    public override string Name => wheel.Requirement;

    /// <inheritdoc/>
    protected override string HowToInstall => "Debian: apt-get install python3-pip";

    // Wheels only: a source package would be built, which runs what is in it.
    private IEnumerable<string> Arguments =>
    [
        "download", "--no-deps", "--only-binary=:all:", "--python-version", wheel.Python, "--platform", wheel.Platform, wheel.Requirement,
    ];

    /// <inheritdoc/>
    protected override (string Tool, IEnumerable<string> Arguments, IReadOnlyDictionary<string, string> Settings) Command(
        string folder) => (
            Tool,
            Arguments.Concat(["--dest", folder, "--quiet", "--quiet"]),
            new Dictionary<string, string>
            {
                ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1",
                ["PIP_NO_INPUT"] = "1",
                ["PIP_RETRIES"] = "1",
            });

    /// <inheritdoc/>
    protected override async Task<bool> TryExtractAsync(string archive, string path, string target, CancellationToken cancellation)
    {
        await using var zip = await ZipFile.OpenReadAsync(archive, cancellation);
        if (zip.GetEntry(path) is not { } entry)
        {
            return false;
        }

        await entry.ExtractToFileAsync(target, overwrite: true, cancellation);
        return true;
    }
}

/// <summary>A wheel of a package of PyPI.</summary>
/// <param name="Requirement">The package and its exact version: <c>name==1.0.0</c>.</param>
/// <param name="Python">The version of Python that the wheel is for, which tells one wheel from the others.</param>
/// <param name="Platform">The platform that the wheel is for: <c>manylinux_2_27_x86_64</c>.</param>
internal sealed record PipWheel(string Requirement, string Python, string Platform);

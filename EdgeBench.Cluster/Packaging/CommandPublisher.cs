using System.ComponentModel;
using System.Runtime.InteropServices;
using EdgeBench.Cluster.Runtimes;

namespace EdgeBench.Cluster.Packaging;

/// <summary>
/// Publishes the command <c>edgebench</c> with .NET inside, by <c>dotnet publish</c>. It is not trimmed: actors, serializers and the
/// mapping of the journal are found by reflection, where a trimmer sees no use of them. What it costs in size it saves in surprises; its
/// methods are compiled ahead of time, as a small board would take seconds to do so at each start.
/// </summary>
internal static class CommandPublisher
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
    };

    /// <summary>Publishes the command.</summary>
    /// <param name="repository">The checkout's root folder.</param>
    /// <param name="architecture">The architecture to publish for.</param>
    /// <param name="progress">Gets a line for each step; or null.</param>
    /// <param name="cancellation">Ends the publish.</param>
    /// <returns>The folder that holds the command and nothing else.</returns>
    /// <exception cref="PackageException">The publish failed.</exception>
    public static async Task<string> PublishAsync(
        string repository, Architecture architecture, IProgress<string>? progress, CancellationToken cancellation)
    {
        var name = Toolchain.NameOf(architecture);
        progress?.Report($"publishing the command for {name} (a minute or two)");

        // Apart from the solution's own output, so that neither build finds the other's intermediate files.
        var work = Path.Combine(repository, "artifacts", "package", name);
        var output = Path.Combine(work, "publish");
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        string[] arguments =
        [
            "publish", Path.Combine(repository, "EdgeBench.Cli"), "--configuration", "Release", "--runtime", "linux-" + name,
            "--self-contained", "true", "-p:PublishReadyToRun=true", "-p:PublishDocumentationFiles=false",
            "--artifacts-path", work, "--output", output, "-nodeReuse:false", "--verbosity", "quiet",
            // Where the checkout lies shall not show in the program's bytes.
            $"-p:PathMap={Path.GetFullPath(repository).TrimEnd('/')}/=/edgebench/",
        ];
        try
        {
            var (exitCode, lines) = await BuildCommand.RunAsync(
                DotnetHost.Command, arguments, repository, Settings, progress, cancellation);
            if (exitCode != 0)
            {
                var told = lines.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct().Take(3).ToList();
                throw new PackageException(
                    "the command could not be published: " + string.Join(" | ", told.Count > 0 ? told : lines.TakeLast(3)));
            }
        }
        catch (Win32Exception problem)
        {
            throw new PackageException(
                "the command dotnet is missing; making a package needs the .NET 10 SDK (https://dot.net)", problem);
        }

        return output;
    }
}

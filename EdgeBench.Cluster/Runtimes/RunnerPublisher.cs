using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>Publishes the runner by <c>dotnet publish</c>, which needs the .NET SDK.</summary>
internal static class RunnerPublisher
{
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
    };

    /// <summary>Publishes the runner.</summary>
    /// <param name="repository">The checkout's root folder.</param>
    /// <param name="engine">The engine that the program is to have.</param>
    /// <param name="architecture">The architecture to publish for.</param>
    /// <param name="native">As native code; else with the .NET runtime beside it.</param>
    /// <param name="progress">Gets a line for each step; or null.</param>
    /// <param name="cancellation">Ends the publish.</param>
    /// <returns>The folder that holds the program and its libraries and nothing else.</returns>
    /// <exception cref="RuntimeBuildException">The publish failed.</exception>
    public static async Task<string> PublishAsync(
        string repository, string engine, Architecture architecture, bool native, IProgress<string>? progress,
        CancellationToken cancellation)
    {
        var name = Toolchain.NameOf(architecture);
        progress?.Report(native
            ? $"compiling the runner to native code for {name}"
            : "there is no C compiler (gcc or clang) here: the runner is published with the .NET runtime beside it, which makes the "
                + "image larger and its start slower");

        // Apart from the solution's own output, so that neither build finds the other's intermediate files.
        var work = Path.Combine(repository, "artifacts", "runner", $"{engine}-{name}");
        var output = Path.Combine(work, "publish");
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        List<string> arguments =
        [
            "publish", Path.Combine(repository, "EdgeBench.Runner"), "--configuration", "Release", "--runtime", "linux-" + name,
            "--self-contained", "true", native ? "-p:PublishAot=true" : "-p:PublishTrimmed=true",
            $"-p:RunnerEngine={engine}", "--artifacts-path", work, "--output", output, "-nodeReuse:false",
            // Where the checkout lies shall not show in the program's bytes.
            $"-p:PathMap={Path.GetFullPath(repository).TrimEnd('/')}/=/edgebench/",
        ];
        await RunAsync(arguments, repository, progress, cancellation);
        return output;
    }

    private static async Task RunAsync(List<string> arguments, string folder, IProgress<string>? progress, CancellationToken cancellation)
    {
        try
        {
            var (exitCode, lines) = await BuildCommand.RunAsync(DotnetHost.Command, arguments, folder, Settings, progress, cancellation);
            if (exitCode != 0)
            {
                var told = lines.Where(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)).Distinct().Take(3).ToList();
                throw new RuntimeBuildException(
                    "the runner could not be published: " + string.Join(" | ", told.Count > 0 ? told : lines.TakeLast(3)));
            }
        }
        catch (Win32Exception problem)
        {
            throw new RuntimeBuildException(
                "the command dotnet is missing; building a runtime image needs the .NET 10 SDK (https://dot.net)", problem);
        }
    }
}

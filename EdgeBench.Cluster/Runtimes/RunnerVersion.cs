using System.ComponentModel;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>Asks a published runner for the version of its native library.</summary>
internal static class RunnerVersion
{
    /// <summary>The version that the library says it has.</summary>
    /// <param name="runtime">The runtime's manifest.</param>
    /// <param name="published">The folder of the runner with its library.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RuntimeBuildException">The library does not start here, or its version is none that a name can hold.</exception>
    public static async Task<string> AskAsync(RuntimeManifest runtime, string published, CancellationToken cancellation)
    {
        var program = Path.Combine(published, Path.GetRelativePath(RuntimeImage.ProgramFolder, runtime.Program[0]));
        // Without a job the runner says who it is, and then that there is no job.
        string[] arguments = [.. runtime.Program.Skip(1), Path.Combine(published, "no-job")];
        try
        {
            var (_, output) = await BuildCommand.RunAsync(program, arguments, published, runtime.Environment, progress: null, cancellation);
            var lines = output.Select(RunnerJson.ReadLine).ToList();
            var version = lines.OfType<StartedLine>().FirstOrDefault()?.Runtime.Version
                ?? throw new RuntimeBuildException(
                    "--library: " + (lines.OfType<FailedLine>().FirstOrDefault()?.Message ?? string.Join(" | ", output.TakeLast(3))));
            return IsTag(version)
                ? version
                : throw new RuntimeBuildException(
                    $"--library: the library says that its version is \"{version}\"; give one with --library-version");
        }
        catch (Win32Exception problem)
        {
            throw new RuntimeBuildException($"--library: {program} does not start here: {problem.Message}", problem);
        }
    }

    /// <summary>Whether a version can stand in an image's name.</summary>
    public static bool IsTag(string version) => version.Length is > 0 and <= 100
        && version.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_')
        && version[0] is not ('.' or '-');
}

using System.CommandLine;
using System.Runtime.InteropServices;

namespace EdgeBench.Cli.Runtimes;

/// <summary>The option <c>--arch</c> of what is built for a kind of processor.</summary>
internal static class ArchitectureOption
{
    /// <summary>The option; this machine's architecture where it is not given.</summary>
    public static Option<Architecture> Create(string description) => new("--arch")
    {
        HelpName = "x64|arm64",
        Description = description,
        CustomParser = result =>
        {
            if (Enum.TryParse<Architecture>(result.Tokens[0].Value, ignoreCase: true, out var parsed)
                && parsed is Architecture.X64 or Architecture.Arm64)
            {
                return parsed;
            }

            result.AddError($"--arch {result.Tokens[0].Value}: there are x64 and arm64");
            return default;
        },
        DefaultValueFactory = _ => RuntimeInformation.OSArchitecture,
    };

    /// <summary>The architecture as people type it.</summary>
    public static string NameOf(Architecture architecture) => architecture.ToString().ToLowerInvariant();
}

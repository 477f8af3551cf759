using System.Runtime.InteropServices;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>The .NET installation that this process runs on.</summary>
internal static class DotnetHost
{
    /// <summary>Its folder: the runtime lies in <c>shared/Microsoft.NETCore.App/VERSION/</c> of it.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>The <c>dotnet</c> command: of that installation, else the one on PATH.</summary>
    public static string Command { get; } = File.Exists(Path.Combine(Root, "dotnet")) ? Path.Combine(Root, "dotnet") : "dotnet";
}

namespace EdgeBench.EdgeNode.Containers;

/// <summary>Whether the program of an engine is on this machine's disk.</summary>
internal static class EngineProgram
{
    public static bool IsInstalled()
    {
        // The folders of system programs are often not on the PATH of a person.
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"]);
        return folders.Any(folder =>
            folder != "" && (File.Exists(Path.Combine(folder, "dockerd")) || File.Exists(Path.Combine(folder, "podman"))));
    }
}

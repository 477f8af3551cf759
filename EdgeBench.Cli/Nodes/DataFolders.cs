namespace EdgeBench.Cli.Nodes;

/// <summary>Where nodes keep their data when nobody says otherwise.</summary>
internal static class DataFolders
{
    /// <summary>The file in a server's data folder that holds its token.</summary>
    public const string TokenFile = "token";

    /// <summary>Where the systemd units keep theirs.</summary>
    private const string System = "/var/lib/edgebench";

    /// <summary>The server's folder.</summary>
    public static string Server => Default("server");

    /// <summary>The edge node's folder.</summary>
    public static string Edge => Default("edge");

    /// <summary>The folder of both nodes inside <c>bench --local</c>.</summary>
    public static string Local => Default("local");

    /// <summary>The token of a server: the environment's, else the one in a data folder that this user may read, else null.</summary>
    public static string? FindToken()
    {
        if (Environment.GetEnvironmentVariable("EDGEBENCH_TOKEN") is { Length: > 0 } token)
        {
            return token.Trim();
        }

        foreach (var folder in new[] { Server, Path.Combine(System, "server") })
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, TokenFile)).Trim();
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                // Not this user's server: the next place may be.
            }
        }

        return null;
    }

    /// <summary>By the XDG base directory specification; the systemd units say theirs by <c>--data</c>.</summary>
    private static string Default(string node) => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data
            ? data
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share"),
        "edgebench",
        node);
}

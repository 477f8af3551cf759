using EdgeBench.Cli.Nodes;
using EdgeBench.Cluster.Runtimes;

namespace EdgeBench.Cli.Runtimes;

/// <summary>Where the runtime images of this installation are.</summary>
internal static class RuntimeImages
{
    /// <summary>The checkout that the command was built from, or null where it was installed without one.</summary>
    public static string? Checkout =>
        Environment.GetEnvironmentVariable("EDGEBENCH_CHECKOUT") is { Length: > 0 } checkout ? checkout : null;

    /// <summary>The folder beside the command, where a package has its images.</summary>
    public static string PackagedFolder => Path.Combine(AppContext.BaseDirectory, "runtimes");

    /// <summary>The images: <c>EDGEBENCH_RUNTIMES</c>, else those of the checkout, else those beside the command.</summary>
    public static RuntimeCatalog Catalog => new(
        Environment.GetEnvironmentVariable("EDGEBENCH_RUNTIMES") is { Length: > 0 } folder ? folder
        : Checkout is { } checkout ? Path.Combine(checkout, "artifacts", "runtimes")
        : PackagedFolder);

    /// <summary>The folder of those that people added to the server whose data lie in a folder.</summary>
    /// <param name="data">The server's data folder.</param>
    public static string AddedFolder(string data) => Path.Combine(data, AddedRuntimes.FolderName);

    /// <summary>Those that people added to a server.</summary>
    /// <param name="data">The server's data folder.</param>
    public static AddedRuntimes Added(string data) => new(AddedFolder(data), OwnNames());

    /// <summary>The same for the server of this user, where no other is named.</summary>
    public static string AddedByDefault => AddedFolder(DataFolders.Server);

    /// <summary>Whether a name is that of a runtime which the checkout can build.</summary>
    public static bool IsOwn(string name) => InCheckout().Contains(name);

    private static HashSet<string> OwnNames() => [.. Catalog.List().Select(image => image.Runtime.Name), .. InCheckout()];

    private static IEnumerable<string> InCheckout() => Checkout is { } checkout
        ? Directory.EnumerateDirectories(Path.Combine(checkout, "runtimes")).Select(folder => Path.GetFileName(folder))
        : [];
}

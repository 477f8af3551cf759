using EdgeBench.Cluster.Runtimes;

namespace EdgeBench.Cli.Runtimes;

/// <summary>Where the runtime images of this installation are.</summary>
internal static class RuntimeImages
{
    /// <summary>The checkout that the command was built from, or null where it was installed without one.</summary>
    public static string? Checkout =>
        Environment.GetEnvironmentVariable("EDGEBENCH_CHECKOUT") is { Length: > 0 } checkout ? checkout : null;

    /// <summary>The images: <c>EDGEBENCH_RUNTIMES</c>, else those of the checkout, else those beside the command.</summary>
    public static RuntimeCatalog Catalog => new(
        Environment.GetEnvironmentVariable("EDGEBENCH_RUNTIMES") is { Length: > 0 } folder ? folder
        : Checkout is { } checkout ? Path.Combine(checkout, "artifacts", "runtimes")
        : Path.Combine(AppContext.BaseDirectory, "runtimes"));
}

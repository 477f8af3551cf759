using System.Reflection;

namespace EdgeBench.Tests;

/// <summary>The checkout the tests were built from, and the larger test data that may lie beside it.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>EdgeBench.sln</c>.</summary>
    public static string Root { get; } = Path.GetFullPath(
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!);

    /// <summary>A file or folder of the checkout.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Test data that travels with the tests, from <c>EdgeBench.Tests/Fixtures</c>.</summary>
    public static string Fixture(params string[] parts) => PathOf(["EdgeBench.Tests", "Fixtures", .. parts]);

    /// <summary>
    /// A file or folder of the shared test data, which is too large, or not ours, to travel with the project. Where it is absent
    /// the calling test is skipped and says so; with <c>EDGEBENCH_SHARED_REQUIRED=1</c> it fails instead.
    /// </summary>
    public static string Shared(params string[] parts)
    {
        var folder = Path.GetFullPath(Path.Combine(Root, "..", "shared"));
        if (!Directory.Exists(folder))
        {
            const string Missing = "left out: the shared test data (../shared) is not here";
            if (Environment.GetEnvironmentVariable("EDGEBENCH_SHARED_REQUIRED") == "1")
            {
                Assert.Fail(Missing + ", and EDGEBENCH_SHARED_REQUIRED=1 asks for it");
            }

            Assert.Skip(Missing);
        }

        return Path.Combine([folder, .. parts]);
    }
}

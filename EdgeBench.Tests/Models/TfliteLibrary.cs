using System.Runtime.InteropServices;
using EdgeBench.Cluster.Runtimes;

namespace EdgeBench.Tests.Models;

/// <summary>The C library of TFLite 2.9.0, from where the image of the runtime has it.</summary>
internal static class TfliteLibrary
{
    private static readonly Lazy<(nint Library, string? WhyNot)> Loaded = new(Load);

    /// <summary>Why there is none; null where it is loaded.</summary>
    public static string? WhyNot => Loaded.Value.WhyNot;

    /// <summary>A function of the library.</summary>
    public static T Export<T>(string name) =>
        Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(Loaded.Value.Library, name));

    private static (nint Library, string? WhyNot) Load()
    {
        var runtimes = Repository.PathOf("runtimes");
        var build = RuntimeBuild.Read(runtimes, RuntimeFolder.Read(runtimes, "tflite"));
        var pinned = build.Libraries.Single(library => library.Architecture == RuntimeInformation.ProcessArchitecture);
        try
        {
            var cache = new LibraryCache(Repository.PathOf("artifacts", "libraries"));
            return (NativeLibrary.Load(cache.FetchAsync(pinned, null, null, CancellationToken.None).GetAwaiter().GetResult()), null);
        }
        catch (RuntimeBuildException e)
        {
            return (0, e.Message);
        }
    }
}

using System.Runtime.InteropServices;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>What this machine can compile a runner with.</summary>
internal static class Toolchain
{
    /// <summary>The architecture's name in file names and on the command line.</summary>
    public static string NameOf(Architecture architecture) => architecture switch
    {
        Architecture.X64 => "x64",
        Architecture.Arm64 => "arm64",
        _ => throw new RuntimeBuildException($"there are no runtime images for {architecture}; there are for x64 and arm64"),
    };

    /// <summary>Whether native code for the architecture can be linked here.</summary>
    /// <exception cref="RuntimeBuildException">It cannot, and there is no other way to build for that architecture either.</exception>
    public static bool CanLink(Architecture architecture)
    {
        if (architecture == RuntimeInformation.OSArchitecture)
        {
            return IsOnPath("gcc") || IsOnPath("clang");
        }

        if (architecture != Architecture.Arm64)
        {
            throw new RuntimeBuildException(
                $"an image for {NameOf(architecture)} can only be built on such a machine; build it there and copy it");
        }

        // The second package holds the mathematics library, without which the first cannot link.
        return IsOnPath("aarch64-linux-gnu-gcc") && File.Exists("/usr/aarch64-linux-gnu/lib/libm.so")
            ? true
            : throw new RuntimeBuildException(
                "an image for arm64 needs the cross compiler: "
                + "apt-get install --no-install-recommends gcc-aarch64-linux-gnu libc6-dev-arm64-cross");
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, program)));
}

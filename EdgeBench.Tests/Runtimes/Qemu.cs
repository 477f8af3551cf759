using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Runtimes;

/// <summary>
/// A processor for arm64 in software: slow, and therefore good for what a program computes and not for how fast. Where there is none the
/// calling test is skipped and says so.
/// </summary>
/// <param name="Program">The emulator of single programs.</param>
internal sealed partial record Qemu(string Program)
{
    /// <summary>An old one that boards have; the newest that the emulator knows takes several times as long.</summary>
    public const string Processor = "cortex-a72";

    /// <summary>Older ones break .NET and ONNX Runtime (segmentation faults in Debian 12's 7.2).</summary>
    private const int OldestMajor = 8;

    private const string Name = "qemu-aarch64";

    /// <summary>The emulator that <c>EDGEBENCH_QEMU</c> names, else the one on PATH.</summary>
    public static Qemu Find()
    {
        Assert.SkipUnless(RuntimeInformation.OSArchitecture == ProcessorArchitecture.X64, "left out: an emulated arm64 is for x64 machines");
        var named = Environment.GetEnvironmentVariable("EDGEBENCH_QEMU");
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, Name)).Prepend(named).FirstOrDefault(File.Exists);
        Assert.SkipWhen(
            program is null, $"left out: no {Name} is here (Debian 13 has a recent one in its package qemu-user; test.sh gets it)");
        var major = Major(program);
        Assert.SkipWhen(
            major < OldestMajor, $"left out: {program} is version {major}, which breaks such programs; {OldestMajor} is needed");
        return new Qemu(program);
    }

    /// <summary>The C library for arm64 of this machine, which the programs of a package need and a board has.</summary>
    public static string SystemLibraries()
    {
        const string Folder = "/usr/aarch64-linux-gnu";
        Assert.SkipUnless(
            File.Exists(Path.Combine(Folder, "lib", "libc.so.6")), "left out: no C library for arm64 is here (libc6-dev-arm64-cross)");
        return Folder;
    }

    private static int Major(string program)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
        var version = VersionPattern().Match(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        return version.Success ? int.Parse(version.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"version (\d+)\.")]
    private static partial Regex VersionPattern();
}

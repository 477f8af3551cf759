using System.Runtime.InteropServices;

namespace EdgeBench.Runner.Hosting;

/// <summary>What the C library does and .NET does not.</summary>
internal static partial class SystemCalls
{
    /// <summary>Makes <paramref name="target"/> mean what <paramref name="descriptor"/> means; -1 on failure.</summary>
    [LibraryImport("libc", EntryPoint = "dup2")]
    public static partial int DuplicateOnto(int descriptor, int target);

    /// <summary>
    /// Sets a variable of the environment that native code reads; <see cref="Environment.SetEnvironmentVariable(string, string?)"/> changes
    /// a copy only.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironment(string name, string value, int overwrite);

    /// <summary>
    /// Writes a text by a format of printf and its <c>va_list</c>; returns its length, which may be more than there was room for.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    public static unsafe partial int Format(byte* buffer, nuint size, byte* format, nint arguments);

    /// <summary>Ends the process as it is, without waiting for a thread in native code.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitNow(int status);
}

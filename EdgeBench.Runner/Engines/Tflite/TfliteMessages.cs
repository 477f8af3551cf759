using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using EdgeBench.Runner.Hosting;

namespace EdgeBench.Runner.Engines.Tflite;

/// <summary>What the library said of errors, the only place where it tells why something failed.</summary>
internal static unsafe class TfliteMessages
{
    private const int MaximumBytes = 1024;
    private const int MaximumCount = 8;

    private static readonly List<string> Messages = [];

    /// <summary>To be given to an interpreter's options.</summary>
    public static delegate* unmanaged[Cdecl]<nint, byte*, nint, void> Reporter => &Report;

    /// <summary>What was said since the last call, in one line.</summary>
    /// <param name="otherwise">To be said where the library said nothing.</param>
    public static string Take(string otherwise = "the library does not say why")
    {
        lock (Messages)
        {
            var text = Messages.Count == 0 ? otherwise : string.Join("; ", Messages.Distinct());
            Messages.Clear();
            return text;
        }
    }

    // A va_list is an array on x64 and a structure of more than 16 bytes on arm64: both arrive as a pointer, and are handed on as one.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Report(nint user, byte* format, nint arguments)
    {
        var buffer = stackalloc byte[MaximumBytes];
        var length = Math.Min(SystemCalls.Format(buffer, MaximumBytes, format, arguments), MaximumBytes - 1);
        var text = length > 0 ? Encoding.UTF8.GetString(buffer, length).ReplaceLineEndings(" ").Trim() : "";
        lock (Messages)
        {
            if (text.Length > 0 && Messages.Count < MaximumCount)
            {
                Messages.Add(text);
            }
        }
    }
}

using System.Runtime.InteropServices;

namespace EdgeBench.Runner.Engines.Tflite;

/// <summary>
/// The options of the XNNPACK delegate (<c>tensorflow/lite/delegates/xnnpack/xnnpack_delegate.h</c>). The structure grew over time: 8 bytes
/// in 2.9, more with each year; what stands here is longer than any, and a library reads the part it knows. Zero is a valid value of all
/// that was added.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct XnnpackOptions
{
    /// <summary>
    /// From this version on the structure is, for certain, returned by way of memory of the caller (more than 16 bytes) and as declared
    /// here. Before, it was returned in registers, with nothing in it by default.
    /// </summary>
    private static readonly Version ReturnedInMemory = new(2, 16);

    // TFLITE_XNNPACK_DELEGATE_FLAG_QS8 and _QU8: 8-bit models too. Later versions have them on by default.
    private const uint Quantized = 1 | 2;

    [FieldOffset(0)]
    private int _threads;

    [FieldOffset(4)]
    private uint _flags;

    /// <summary>The library's defaults, for that many threads and 8-bit models as well.</summary>
    public static unsafe XnnpackOptions For(TfliteLibrary library, int threads)
    {
        var options = default(XnnpackOptions);
        if (Version.TryParse(library.Version.Split('-')[0], out var version) && version >= ReturnedInMemory)
        {
            options = library.XnnpackOptionsDefault();
        }
        else
        {
            options._flags = Quantized;
        }

        options._threads = threads;
        return options;
    }
}

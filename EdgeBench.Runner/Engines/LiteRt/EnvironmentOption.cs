using System.Runtime.InteropServices;

namespace EdgeBench.Runner.Engines.LiteRt;

/// <summary>
/// An option of an environment (<c>LiteRtEnvOption</c>): 24 bytes, a tag and a <c>LiteRtAny</c> of 16 bytes, whose value of 8 bytes is here
/// an integer.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal readonly struct EnvironmentOption(int tag, long value)
{
    // kLiteRtAnyTypeInt
    private const int Integer = 2;

    [FieldOffset(0)]
    private readonly int _tag = tag;

    [FieldOffset(8)]
    private readonly int _type = Integer;

    [FieldOffset(16)]
    private readonly long _value = value;

    /// <summary>The processor alone computes: no library of an accelerator is looked for on disk.</summary>
    public static EnvironmentOption CpuOnly { get; } = new(tag: 24, value: 1);

    /// <summary>Nothing is logged but errors of the interpreter, which go to the standard error whatever is asked.</summary>
    public static EnvironmentOption Silent { get; } = new(tag: 25, value: 4);
}

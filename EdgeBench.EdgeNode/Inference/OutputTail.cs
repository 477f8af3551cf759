using System.Text;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>The last 4 KiB of an output, for people who look for the cause of a failure.</summary>
internal sealed class OutputTail
{
    private const int Length = 4096;

    private readonly byte[] _bytes = new byte[Length];
    private int _count;

    /// <summary>The end of the output, or null where nothing was written.</summary>
    public string? Text => Printable(Encoding.UTF8.GetString(_bytes, 0, _count)).Trim() is { Length: > 0 } text ? text : null;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[Math.Max(0, bytes.Length - Length)..];
        var kept = Math.Min(_count, Length - bytes.Length);
        _bytes.AsSpan(_count - kept, kept).CopyTo(_bytes);
        bytes.CopyTo(_bytes.AsSpan(kept));
        _count = kept + bytes.Length;
    }

    /// <summary>The text without characters that would do something to a terminal.</summary>
    public static string Printable(string text) =>
        string.Create(text.Length, text, static (target, source) =>
        {
            for (var index = 0; index < target.Length; index++)
            {
                target[index] = char.IsControl(source[index]) && source[index] is not ('\n' or '\t') ? '\uFFFD' : source[index];
            }
        });
}

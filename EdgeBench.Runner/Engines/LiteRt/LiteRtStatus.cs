namespace EdgeBench.Runner.Engines.LiteRt;

/// <summary>What the library's functions return (<c>LiteRtStatus</c>).</summary>
internal static class LiteRtStatus
{
    /// <summary>All is well.</summary>
    public const int Ok = 0;

    /// <summary>A status in words, with its number.</summary>
    public static string Describe(int status) => $"status {status} ({Word(status)})";

    private static string Word(int status) => status switch
    {
        1 => "invalid argument",
        2 => "out of memory",
        3 => "runtime failure",
        4 => "missing input",
        5 => "unsupported",
        6 => "not found",
        7 => "timeout",
        8 => "wrong version",
        9 => "unknown",
        100 => "cancelled",
        500 => "file input or output",
        501 => "invalid FlatBuffer",
        502 => "dynamic loading",
        504 => "compilation",
        1000 => "index out of bounds",
        _ => "not documented",
    };
}

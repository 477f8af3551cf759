using System.Globalization;

namespace EdgeBench.Cli.Terminal;

/// <summary>Figures as people read them.</summary>
internal static class Figures
{
    /// <summary>A whole number in groups of three: <c>1,137,536,880</c>; a dash where it is not known.</summary>
    public static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A number of bytes: <c>16.9 MB</c> (10^6 bytes).</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:F1} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F1} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F1} GB"),
    };

    /// <summary>FLOPs in billions as in the paper: <c>1.138 B</c>; of small networks in millions; a dash where not known.</summary>
    public static string Flops(long? value) => value switch
    {
        null => "-",
        >= 100_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:F3} B"),
        >= 100_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:F3} M"),
        _ => Count(value),
    };

    /// <summary>A number of things: <c>1 cell</c>, <c>1,200 cells</c>.</summary>
    public static string Counted(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>A time that need not be exact: <c>0.4 s</c>, <c>12 s</c>, <c>3 min 20 s</c>, <c>2 h 5 min</c>.</summary>
    public static string Duration(TimeSpan time) => time.TotalSeconds switch
    {
        < 9.95 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s"),
        < 59.5 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F0} s"),
        < 3570 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(Math.Round(time.TotalSeconds) / 60)} min {Math.Round(time.TotalSeconds) % 60} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(Math.Round(time.TotalMinutes) / 60)} h {Math.Round(time.TotalMinutes) % 60} min"),
    };

    /// <summary>A shape: <c>[1, 224, 224, 3]</c>; a size that is left open is a question mark.</summary>
    public static string Shape(IEnumerable<int> shape) => $"[{string.Join(", ", shape.Select(size => size < 0 ? "?" : $"{size}"))}]";

    /// <summary>Nanoseconds as milliseconds with three significant digits or more: <c>0.236</c>, <c>12.4</c>, <c>1362.8</c>.</summary>
    public static string Milliseconds(double nanoseconds)
    {
        var milliseconds = nanoseconds / 1e6;
        var digits = milliseconds switch { < 10 => 3, < 100 => 2, _ => 1 };
        return milliseconds.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }
}

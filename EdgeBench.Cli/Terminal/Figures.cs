using System.Globalization;
using EdgeBench.Messages.Measurements;

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

    /// <summary>
    /// Nanoseconds as milliseconds with three significant digits or more: <c>0.0123</c>, <c>0.236</c>, <c>12.41</c>, <c>1362.8</c>.
    /// </summary>
    public static string Milliseconds(double nanoseconds) => Milliseconds(nanoseconds, DecimalsOf(nanoseconds));

    /// <summary>A mean and half the width of its interval, in milliseconds and as exact as each other: <c>12.41 ± 0.08</c>.</summary>
    public static string MeanAndInterval(double mean, ConfidenceInterval? interval) => interval is null
        ? Milliseconds(mean)
        : $"{Milliseconds(mean)} ± {Milliseconds((interval.High - interval.Low) / 2, DecimalsOf(mean))}";

    /// <summary>A number with so many decimals.</summary>
    public static string Decimals(double value, int decimals) => value.ToString($"F{decimals}", CultureInfo.InvariantCulture);

    /// <summary>A part of a whole: <c>2.5 %</c>.</summary>
    public static string Percent(double part) => string.Create(CultureInfo.InvariantCulture, $"{part * 100:0.##} %");

    private static string Milliseconds(double nanoseconds, int decimals) =>
        (nanoseconds / 1e6).ToString($"F{decimals}", CultureInfo.InvariantCulture);

    private static int DecimalsOf(double nanoseconds) => (nanoseconds / 1e6) switch
    {
        < 0.001 => 6,
        < 0.01 => 5,
        < 0.1 => 4,
        < 10 => 3,
        < 100 => 2,
        _ => 1,
    };
}

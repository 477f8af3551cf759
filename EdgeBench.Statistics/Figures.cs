using System.Globalization;

namespace EdgeBench.Statistics;

/// <summary>Figures as sentences hold them.</summary>
internal static class Figures
{
    /// <summary>A share as <c>0.45 %</c>, <c>5.3 %</c>, <c>120 %</c>.</summary>
    public static string Percent(double share)
    {
        var percent = Math.Abs(share) * 100;
        var format = percent < 1 ? "0.##" : percent < 10 ? "0.#" : "0";
        return string.Create(CultureInfo.InvariantCulture, $"{(share * 100).ToString(format, CultureInfo.InvariantCulture)} %");
    }

    /// <summary>A time as <c>850 ns</c>, <c>12.3 us</c>, <c>4.81 ms</c>, <c>1.25 s</c>.</summary>
    public static string Time(double nanoseconds) => Math.Abs(nanoseconds) switch
    {
        < 1e3 => Of(nanoseconds, "ns"),
        < 1e6 => Of(nanoseconds / 1e3, "us"),
        < 1e9 => Of(nanoseconds / 1e6, "ms"),
        _ => Of(nanoseconds / 1e9, "s"),
    };

    /// <summary>A clock as <c>1500 MHz</c>.</summary>
    public static string Clock(double kilohertz) => string.Create(CultureInfo.InvariantCulture, $"{kilohertz / 1e3:0} MHz");

    /// <summary>A number of CPUs as <c>0.35 CPUs</c>.</summary>
    public static string Cpus(double cpus) => string.Create(CultureInfo.InvariantCulture, $"{cpus:0.##} {(cpus == 1 ? "CPU" : "CPUs")}");

    /// <summary>A noun with its number, as <c>1 run</c> and <c>3 runs</c>.</summary>
    public static string Count(long number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");

    private static string Of(double value, string unit)
    {
        var format = Math.Abs(value) < 10 ? "0.00" : Math.Abs(value) < 100 ? "0.0" : "0";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {unit}";
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Verdicts;

namespace EdgeBench.Tests.Statistics;

/// <summary>The rules on latencies that others measured.</summary>
public sealed partial class MeasuredElsewhereTests
{
    private static IEnumerable<Dictionary<string, string>> Rows(string folder, string file = "latencies.csv")
    {
        var lines = File.ReadAllLines(Repository.Shared("fixtures", "latencies", folder, file));
        var names = lines[0].Split(',');

        return lines.Skip(1).Select(line => names.Zip(CommaBetweenCells().Split(line)).ToDictionary());
    }

    // A comma with an even number of quotes behind it.
    [GeneratedRegex("""
        ,(?=(?:[^"]*"[^"]*")*[^"]*$)
        """)]
    private static partial Regex CommaBetweenCells();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double[] Numbers(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number)];

    private static bool Disagree(SimulatedSeries series, double[] means)
    {
        var starts = SimulatedSeries.Starts(means.Length, 100, (start, _) => means[start] * (1 + (0.005 * series.Normal())));
        return Judge.Of(EvidenceOf.Samples(starts)).Reasons.Any(reason => reason.Rule == "starts-disagree");
    }

    /// <summary>Seven pose networks on boards and a desktop's GPU, the means of five starts each.</summary>
    [Fact]
    public void Boards_that_were_left_alone_repeat_themselves_and_a_desktop_GPU_does_not()
    {
        var series = new SimulatedSeries(1);
        var disagree = Rows("hig-dev-edgebench")
            .Select(row => (Device: row["device"], Means: Numbers(row["runs_ms"])))
            .Where(row => row.Means.Length > 1)
            .GroupBy(row => row.Device)
            .ToDictionary(device => device.Key, device => device.Count(row => Disagree(series, row.Means)));

        Assert.Contains("Raspberry Pi 5", disagree.Keys);
        Assert.All(disagree.Where(device => device.Key != "RTX 5090"), device => Assert.Equal(0, device.Value));
        Assert.Equal(7, disagree["RTX 5090"]);
    }

    [Theory]
    [InlineData("netspresso-matrix")]
    [InlineData("small-tables")]
    public void ResNet50_on_a_Nano_as_others_measured_it_is_possible(string folder)
    {
        var rows = Rows(folder)
            .Where(row => row["device"] == "Jetson Nano" && row["runtime"] == "TensorRT"
                && row["model"].Equals("resnet50", StringComparison.OrdinalIgnoreCase))
            .ToList();

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(VerdictLevel.Valid, ArithmeticCheckTests.Judged(Number(row["latency_ms"])).Level));
    }
}

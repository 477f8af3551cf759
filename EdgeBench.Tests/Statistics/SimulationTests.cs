using System.Globalization;

namespace EdgeBench.Tests.Statistics;

/// <summary>How often simulated series are judged right. The rates stand in docs/measurement.md.</summary>
public sealed class SimulationTests
{
    private static readonly Lazy<IReadOnlyList<(Scenario Scenario, double[] NotValid)>> Rates = new(() =>
    [
        .. Scenario.All.Select(scenario =>
            (scenario, (double[])[.. SimulatedPlan.All.Select(plan => scenario.NotValid(plan.Starts, plan.Runs, plan.Series))])),
    ]);

    private static string Table => string.Join('\n', Rates.Value.Select(row =>
        $"| {row.Scenario.Name} | {(row.Scenario.Fault ? "not VALID" : "VALID")} | "
        + string.Join(" | ", row.NotValid.Select(rate => (rate * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %")) + " |"));

    private static IEnumerable<double> WithRunsEnough(double[] rates) => rates.Where((_, plan) => SimulatedPlan.All[plan].FindsFaults);

    [Fact]
    public void Steady_series_with_a_deviation_of_one_percent_are_hardly_ever_doubted() =>
        Assert.All(
            Rates.Value.Where(row => !row.Scenario.Fault && row.Scenario.Name.EndsWith("deviation 1 %", StringComparison.Ordinal)),
            row => Assert.All(row.NotValid, rate => Assert.True(rate <= 0.05, Table)));

    [Fact]
    public void A_few_outliers_and_a_heavy_tail_alone_do_not_make_a_series_doubtful() =>
        Assert.All(
            Rates.Value.Where(row => row.Scenario.Name.Contains("2 % of the runs", StringComparison.Ordinal)),
            row => Assert.All(WithRunsEnough(row.NotValid), rate => Assert.True(rate <= 0.05, Table)));

    [Fact]
    public void Drift_two_modes_and_steps_of_five_percent_are_found() =>
        Assert.All(
            Rates.Value.Where(row => row.Scenario.Fault && row.Scenario.Name != "drift of 3 % over all runs"),
            row => Assert.All(WithRunsEnough(row.NotValid), rate => Assert.True(rate >= 0.95, Table)));

    [Fact]
    public void The_table_of_the_documentation_has_these_rates()
    {
        var rows = File.ReadLines(Repository.PathOf("docs", "measurement.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | "))
            .Where(cells => cells.Length == 2 + SimulatedPlan.All.Count)
            .GroupBy(cells => cells[0])
            .ToDictionary(cells => cells.Key, cells => cells.First());

        // Another machine's logarithm may round a single series to the other side of a limit, so a rate may be half a percent off.
        var wrong = Rates.Value.Where(row => !rows.TryGetValue(row.Scenario.Name, out var cells)
            || cells[1] != (row.Scenario.Fault ? "not VALID" : "VALID")
            || row.NotValid.Where((rate, plan) => Math.Abs((rate * 100) - Number(cells[2 + plan])) > 0.5).Any());
        Assert.True(!wrong.Any(), $"docs/measurement.md is not what is simulated; the table is\n{Table}");
    }

    private static double Number(string percent) => double.Parse(percent.TrimEnd('%', ' '), CultureInfo.InvariantCulture);
}

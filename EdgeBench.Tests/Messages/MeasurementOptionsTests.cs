using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Messages;

public sealed class MeasurementOptionsTests
{
    private static readonly InputSource Input = new("image", Samples.Artifact("image"));

    public static TheoryData<string, MeasurementOptions> Wrong => new()
    {
        { "the runs are 1 to 100000, not 0", new MeasurementOptions { Runs = 0 } },
        { "the minimum time in milliseconds is 0 to 600000, not -1", new MeasurementOptions { MinimumMilliseconds = -1 } },
        { "the starts are 1 to 50, not 51", new MeasurementOptions { Starts = 51 } },
        { "the interval to reach is 0.1% to 50% of the mean, not 0.01%", new MeasurementOptions { Until = 0.0001 } },
        { "the interval to reach is 0.1% to 50% of the mean, not NaN", new MeasurementOptions { Until = double.NaN } },
        { "the longest time in seconds is 1 to 86400, not 0", new MeasurementOptions { MaximumSeconds = 0 } },
        { "the threads are 1 to 1024, not 0", new MeasurementOptions { Threads = 0 } },
        { "NAME=VALUE", new MeasurementOptions { RuntimeOptions = new Dictionary<string, string> { [""] = "on" } } },
        { "at most 200", new MeasurementOptions { RuntimeOptions = new Dictionary<string, string> { ["spinning"] = new('x', 201) } } },
        {
            "the options of the runtime are 0 to 32, not 33",
            new MeasurementOptions { RuntimeOptions = Enumerable.Range(0, 33).ToDictionary(number => $"o{number}", _ => "on") }
        },
        { "input 'image' is given twice", new MeasurementOptions { Inputs = [Input, Input] } },
        { "needs its name", new MeasurementOptions { Inputs = [Input with { Name = "" }] } },
    };

    [Fact]
    public void What_nobody_chose_is_as_in_the_paper_over_three_starts_and_right()
    {
        var options = new MeasurementOptions();

        Assert.Null(options.Problem());
        Assert.Equal((30, 3, null), (options.Runs, options.Starts, options.Until));
    }

    [Fact]
    public void Everything_at_once_may_be_chosen() => Assert.Null(Samples.Options.Problem());

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_value_that_cannot_be_is_told_with_what_it_may_be(string message, MeasurementOptions options) =>
        Assert.Contains(message, options.Problem(), StringComparison.Ordinal);
}

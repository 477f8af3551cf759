namespace EdgeBench.Tests.Statistics;

/// <summary>Latencies of starts by a seed, around 4.8 ms.</summary>
internal sealed class SimulatedSeries(int seed)
{
    private const double Level = 4.8e6;

    private readonly Random _random = new(seed);

    /// <summary>A standard normal number.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>A number from 0 to 1.</summary>
    public double Uniform() => _random.NextDouble();

    /// <summary>Whether something of this probability happens.</summary>
    public bool Happens(double probability) => _random.NextDouble() < probability;

    /// <summary>A number from <paramref name="from"/> to less than <paramref name="to"/>.</summary>
    public int Between(int from, int to) => _random.Next(from, to);

    /// <summary>Starts of as many runs each.</summary>
    /// <param name="starts">How many starts.</param>
    /// <param name="runs">The runs of each.</param>
    /// <param name="factor">A run's latency in relation to the level, from its start and its place in it.</param>
    public static IReadOnlyList<IReadOnlyList<long>> Starts(int starts, int runs, Func<int, int, double> factor) =>
    [
        .. from start in Enumerable.Range(0, starts)
           select (long[])[.. from run in Enumerable.Range(0, runs) select (long)(Level * factor(start, run))],
    ];

    /// <summary>Starts without any fault: normal, with a deviation of 1 %.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Steady(int starts = 3, int runs = 30, double deviation = 0.01) =>
        Starts(starts, runs, (_, _) => 1 + (deviation * Normal()));
}

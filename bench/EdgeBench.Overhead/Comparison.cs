using EdgeBench.Client;
using EdgeBench.Messages.Tasks;
using EdgeBench.RunnerContract;

namespace EdgeBench.Overhead;

/// <summary>Measures the same model by a task and by <c>docker run</c>, in turn, and prints both beside each other.</summary>
internal sealed class Comparison(EdgeBenchClient client, RuntimeImage image, string model, MeasurementOptions options, int rounds)
{
    // Until caches are filled and what .NET compiles when it is used often is compiled.
    private const int WarmUpRounds = 5;

    /// <summary>Measures and prints.</summary>
    /// <exception cref="InvalidOperationException">A measurement gave no result.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var cluster = new ClusterTrials(client, model, options, TimeProvider.System);
        await cluster.RunAsync(cancellationToken).ConfigureAwait(false);
        var conditions = cluster.Last!.Cells[0].Result!.Conditions;
        using var docker = new DockerTrials(
            image, await cluster.FetchModelAsync(cancellationToken).ConfigureAwait(false), options, conditions, TimeProvider.System);

        Console.WriteLine(
            $"{Path.GetFileName(model)}, {options.Runs} timed runs, {conditions.Threads} threads, {conditions.Engine}, {conditions.Processor}");
        Console.WriteLine($"load of the machine before: {Load()}");
        var pairs = new List<(Trial Cluster, Trial Docker)>();
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            // Each goes first every other time.
            Trial byCluster, byDocker;
            if (round % 2 == 0)
            {
                byCluster = await cluster.RunAsync(cancellationToken).ConfigureAwait(false);
                byDocker = await docker.RunAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                byDocker = await docker.RunAsync(cancellationToken).ConfigureAwait(false);
                byCluster = await cluster.RunAsync(cancellationToken).ConfigureAwait(false);
            }

            if (round >= 0)
            {
                pairs.Add((byCluster, byDocker));
            }
        }

        Console.WriteLine($"load of the machine after: {Load()}");
        Print(pairs);
    }

    private static void Print(List<(Trial Cluster, Trial Docker)> pairs)
    {
        PrintPhases("EdgeBench, SubmitAsync to the result", [.. pairs.Select(pair => pair.Cluster)]);
        PrintPhases("docker run", [.. pairs.Select(pair => pair.Docker)]);

        Console.WriteLine();
        Console.WriteLine($"Without the runs, median of {pairs.Count} rounds (95 % interval):");
        PrintEstimate("EdgeBench", " ms", Estimate.Of(pairs, some => MedianOverhead(some.Select(pair => pair.Cluster))));
        PrintEstimate("docker run", " ms", Estimate.Of(pairs, some => MedianOverhead(some.Select(pair => pair.Docker))));
        PrintEstimate("ratio", " x", Estimate.Of(
            pairs,
            some => MedianOverhead(some.Select(pair => pair.Cluster)) / MedianOverhead(some.Select(pair => pair.Docker))));
    }

    private static double MedianOverhead(IEnumerable<Trial> trials) =>
        Estimate.Median(trials.Select(trial => trial.Overhead.TotalMilliseconds));

    private static void PrintPhases(string title, IReadOnlyList<Trial> trials)
    {
        Console.WriteLine();
        Console.WriteLine($"{title}: where the time goes (medians, ms)");
        foreach (var phases in trials.SelectMany(trial => trial.Phases).GroupBy(phase => phase.Name))
        {
            Console.WriteLine($"{Estimate.Median(phases.Select(phase => phase.Time.TotalMilliseconds)),9:0.0}  {phases.Key}");
        }

        var runs = Estimate.Median(trials.Select(trial => trial.Runs.TotalMilliseconds));
        Console.WriteLine($"{runs,9:0.0}  (warm-up and timed runs, not counted)");
    }

    private static void PrintEstimate(string name, string unit, Estimate estimate) => Console.WriteLine(
        $"  {name,-10} {estimate.Value,8:0.00}{unit} ({estimate.Low:0.00} to {estimate.High:0.00})");

    private static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
}

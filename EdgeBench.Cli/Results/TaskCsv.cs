using System.Globalization;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Results;

/// <summary>A task as comma-separated values, one row a cell; <c>docs/output.md</c> has every column.</summary>
internal static class TaskCsv
{
    private static readonly (string Name, Func<CellView, object?> Value)[] Columns =
    [
        ("schema", _ => Output.Schema),
        ("cell", cell => cell.Cell.Id.ToString()),
        ("model", cell => cell.Model.Name),
        ("model_sha256", cell => cell.Model.File.Sha256.Hex),
        ("weights", cell => cell.Converted?.Weights),
        ("flops", cell => cell.Converted?.Flops),
        ("device", cell => cell.Cell.DeviceName.Value),
        ("runtime", cell => cell.Cell.Runtime),
        ("runtime_version", cell => cell.Result?.Conditions.RuntimeVersion),
        ("precision", cell => cell.Cell.Precision),
        ("threads", cell => cell.Threads),
        ("isolation", cell => cell.Result?.Conditions.Isolation),
        ("phase", cell => cell.Phase),
        ("verdict", cell => cell.Verdict),
        ("rules", cell => cell.Result?.Verdict is { } verdict ? string.Join(' ', verdict.Reasons.Select(reason => reason.Rule)) : null),
        ("runs", cell => cell.Result?.Latency.Runs),
        ("starts", cell => cell.Result?.Latency.Starts),
        ("mean_ms", cell => Milliseconds(cell, latency => latency.Mean)),
        ("mean_low_ms", cell => Milliseconds(cell, latency => latency.MeanInterval?.Low)),
        ("mean_high_ms", cell => Milliseconds(cell, latency => latency.MeanInterval?.High)),
        ("median_ms", cell => Milliseconds(cell, latency => latency.Median)),
        ("minimum_ms", cell => Milliseconds(cell, latency => latency.Minimum)),
        ("maximum_ms", cell => Milliseconds(cell, latency => latency.Maximum)),
        ("standard_deviation_ms", cell => Milliseconds(cell, latency => latency.StandardDeviation)),
        ("p90_ms", cell => Milliseconds(cell, latency => latency.Percentile90)),
        ("p99_ms", cell => Milliseconds(cell, latency => latency.Percentile99)),
        ("memory_peak_bytes", cell => cell.Result?.Memory?.ControlGroupPeak),
        ("resident_peak_bytes", cell => cell.Result?.Memory?.ResidentPeak),
        ("fingerprint_sha256", cell => cell.Result?.Fingerprint?.Hash().Hex),
        ("measured_at", cell => cell.State.MeasuredAt?.ToString("yyyy-MM-dd'T'HH:mm:ss.fffK", CultureInfo.InvariantCulture)),
        ("reused_from", cell => cell.State.ReusedFrom?.ToString()),
        ("failure", cell => cell.State.Failure?.Message),
    ];

    /// <summary>The names of the columns.</summary>
    public static IEnumerable<string> Names => Columns.Select(column => column.Name);

    /// <summary>Prints the names and the rows.</summary>
    public static void Print(TaskState state, Screen screen)
    {
        screen.Csv(Names);
        foreach (var cell in CellView.Of(state))
        {
            screen.Csv(Columns.Select(column => Convert.ToString(column.Value(cell), CultureInfo.InvariantCulture)));
        }
    }

    private static double? Milliseconds(CellView cell, Func<LatencyStatistics, double?> nanoseconds) =>
        cell.Result is { } result ? nanoseconds(result.Latency) / 1e6 : null;
}

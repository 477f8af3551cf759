using System.Globalization;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Planning;

/// <summary>
/// How long cells will take. Where the same was measured before, as long as then; else the latency is taken from the model's FLOPs and the
/// rate of the device, which is that of earlier results or, where there are none, assumed.
/// </summary>
/// <param name="past">Earlier results.</param>
/// <param name="devices">The devices.</param>
/// <param name="fresh">Whether no earlier result is used again.</param>
internal sealed class TimeEstimates(IReadOnlyList<PastMeasurement> past, IReadOnlyList<DeviceState> devices, bool fresh)
{
    /// <summary>What a container takes beside its timed runs where nothing was measured: to start, load and warm up.</summary>
    private static readonly TimeSpan AssumedStart = TimeSpan.FromSeconds(1);

    /// <summary>The rate of one thread of a desktop or server processor where nothing was measured, in FLOP/s.</summary>
    private const double AssumedDesktopRate = 20e9;

    /// <summary>The rate of one thread of a board's processor where nothing was measured, in FLOP/s.</summary>
    private const double AssumedBoardRate = 3e9;

    /// <summary>What is assumed where nothing was measured on a device, in words.</summary>
    public static string Assumption => $"an assumed {Rate(AssumedDesktopRate)} a thread on x64, {Rate(AssumedBoardRate)} on arm64";

    /// <summary>How long a cell will take.</summary>
    /// <param name="model">Its model.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="countFlops">Counts the model's floating-point operations; null where they are not known. Asked only where they are
    /// needed.</param>
    public TimeEstimate Of(ModelSource model, Cell cell, Func<long?> countFlops)
    {
        var device = devices.FirstOrDefault(device => device.Id == cell.Device);
        if (!fresh && past.FirstOrDefault(earlier => earlier.IsReusableFor(model, cell, device)) is { } valid)
        {
            return new TimeEstimate(
                TimeSpan.Zero,
                EstimateSource.Reused,
                $"{Figures.Milliseconds(valid.Latency)} ms of task {valid.Cell.Id.Task} is valid and used again; --fresh measures anew");
        }

        if (past.FirstOrDefault(earlier => earlier.IsOf(model, cell)) is { } same)
        {
            return new TimeEstimate(
                Time(cell.Options, same.Start, same.Latency),
                EstimateSource.EarlierResult,
                $"{Figures.Milliseconds(same.Latency)} ms in task {same.Cell.Id.Task}");
        }

        if (countFlops() is not (> 0 and var flops))
        {
            return new TimeEstimate(null, EstimateSource.Unknown, "the model's FLOPs are not known");
        }

        var ofDevice = past.Where(earlier => earlier.Cell.Device == cell.Device && earlier.Flops > 0).ToList();
        if (ofDevice.Count > 0)
        {
            var alike = Best(
                ofDevice.Where(earlier => (earlier.Cell.Runtime, earlier.Cell.Options.Threads) == (cell.Runtime, cell.Options.Threads)),
                ofDevice.Where(earlier => earlier.Cell.Runtime == cell.Runtime),
                ofDevice);
            var rate = Median(alike.Select(earlier => earlier.Flops!.Value / (earlier.Latency / 1e9)));
            var start = TimeSpan.FromSeconds(Median(alike.Select(earlier => earlier.Start.TotalSeconds)));
            return new TimeEstimate(
                Time(cell.Options, start, flops / rate * 1e9),
                EstimateSource.DeviceRate,
                $"{Figures.Flops(flops)} FLOPs at {Rate(rate)}, as {Figures.Counted(alike.Count, "earlier result")} there");
        }

        if (device?.Description is not { } description)
        {
            return new TimeEstimate(null, EstimateSource.Unknown, "nothing is known of the device");
        }

        var aThread = description.Architecture == "x64" ? AssumedDesktopRate : AssumedBoardRate;
        var threads = Math.Min(cell.Options.Threads ?? description.Cores, description.Cores);
        return new TimeEstimate(
            Time(cell.Options, AssumedStart, flops / (aThread * threads) * 1e9),
            EstimateSource.AssumedRate,
            $"{Figures.Flops(flops)} FLOPs, assuming {Rate(aThread)} a thread ({threads})");
    }

    private static TimeSpan Time(MeasurementOptions options, TimeSpan start, double nanoseconds) =>
        (start * MeasuringTime.Containers(options)) + MeasuringTime.OfRuns(options, nanoseconds);

    private static List<PastMeasurement> Best(params IEnumerable<PastMeasurement>[] choices) =>
        [.. choices.First(choice => choice.Any())];

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Rate(double flopsPerSecond) =>
        string.Create(CultureInfo.InvariantCulture, $"{flopsPerSecond / 1e9:G3} GFLOP/s");
}

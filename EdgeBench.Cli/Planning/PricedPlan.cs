using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Devices;
using Spectre.Console;

namespace EdgeBench.Cli.Planning;

/// <summary>What is about to be measured, and how long each cell is expected to take.</summary>
/// <param name="Plan">The grid.</param>
/// <param name="Estimates">The expected time of each cell, in the order of the grid.</param>
/// <param name="Devices">The devices that the server knows.</param>
internal sealed record PricedPlan(TaskPlan Plan, IReadOnlyList<TimeEstimate> Estimates, IReadOnlyList<DeviceState> Devices)
{
    /// <summary>
    /// The expected time of all cells that can be told: devices work beside each other, and each measures one cell at a time. Null where
    /// nothing can be told.
    /// </summary>
    public TimeSpan? Time => Plan.Cells.Zip(Estimates, (cell, estimate) => (cell.Device, estimate.Time))
        .Where(known => known.Time is not null)
        .GroupBy(known => known.Device, (_, known) => (TimeSpan?)TimeSpan.FromTicks(known.Sum(cell => cell.Time!.Value.Ticks)))
        .Max();

    /// <summary>Asks the server what a submission would become, and prices it.</summary>
    /// <param name="client">The server.</param>
    /// <param name="submission">The submission.</param>
    /// <param name="countFlops">Counts the FLOPs of one of its models, for one of which the server has no result; null where they cannot
    /// be counted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandException">The server refuses it, or does not answer.</exception>
    public static async Task<PricedPlan> MakeAsync(
        EdgeBenchClient client, Submission submission, Func<ModelFile, long?> countFlops, CancellationToken cancellationToken)
    {
        var plan = (await client.PlanAsync(submission, cancellationToken).ConfigureAwait(false)).OrFail();
        var devices = (await client.ListDevicesAsync(cancellationToken).ConfigureAwait(false)).OrFail();
        var past = await PastMeasurement.FindAsync(client, plan, cancellationToken).ConfigureAwait(false);
        var counted = new Dictionary<int, long?>();
        return Price(plan, devices, past, FlopsOf);

        long? FlopsOf(int model)
        {
            if (!counted.TryGetValue(model, out var flops))
            {
                var file = plan.Request.Models[model].File;
                flops = past.FirstOrDefault(earlier => earlier.Model.File == file)?.Flops ?? countFlops(submission.Models[model]);
                counted.Add(model, flops);
            }

            return flops;
        }
    }

    /// <summary>Prices a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="past">Earlier results.</param>
    /// <param name="flopsOf">The FLOPs of a model by its number; asked only where the price depends on them.</param>
    public static PricedPlan Price(
        TaskPlan plan, IReadOnlyList<DeviceState> devices, IReadOnlyList<PastMeasurement> past, Func<int, long?> flopsOf)
    {
        var estimates = new TimeEstimates(past, devices, plan.Request.Fresh);
        var refused = plan.Refused.ToDictionary(refusal => refusal.Cell, refusal => refusal.Message);
        return new PricedPlan(
            plan,
            [
                .. plan.Cells.Select(cell => refused.TryGetValue(cell.Id.Number, out var reason)
                    ? new TimeEstimate(null, EstimateSource.Refused, reason)
                    : estimates.Of(plan.Request.Models[cell.Model], cell, () => flopsOf(cell.Model))),
            ],
            devices);
    }

    /// <summary>The plan in a few lines.</summary>
    public IEnumerable<string> Summary()
    {
        yield return $"plan: {Sizes()}; {Price()}";
        var away = Devices.Where(device => device.Phase == DevicePhase.Away && Plan.Cells.Any(cell => cell.Device == device.Id));
        foreach (var device in away)
        {
            yield return $"device {device.Name} is away: its cells wait until it is back";
        }

        foreach (var refused in Plan.Refused.GroupBy(refusal => refusal.Message))
        {
            yield return $"{Figures.Counted(refused.Count(), "cell")} cannot be measured: {refused.Key}";
        }
    }

    /// <summary>Prints the plan as what was asked for.</summary>
    public void Print(Screen screen)
    {
        if (screen.IsJson)
        {
            screen.Json(Describe());
            return;
        }

        var table = screen.CreateTable(">Cell", "Model", "Device", "Runtime", "Precision", ">Threads", ">Runs", ">Expected", "From");
        foreach (var (cell, estimate) in Plan.Cells.Zip(Estimates))
        {
            table.AddRow(
                Figures.Count(cell.Id.Number), Plan.Request.Models[cell.Model].Name.EscapeMarkup(), cell.DeviceName.Value.EscapeMarkup(),
                cell.Runtime.EscapeMarkup(), cell.Precision.EscapeMarkup(),
                cell.Options.Threads is { } threads ? Figures.Count(threads) : "all",
                Figures.Count(cell.Options.Runs), estimate.Time is { } time ? Figures.Duration(time) : Word(estimate.Source),
                estimate.Reason.EscapeMarkup());
        }

        screen.Show(table);
        foreach (var line in Summary())
        {
            screen.Line(line);
        }
    }

    private static string Word(EstimateSource source) => source == EstimateSource.Refused ? "never" : "unknown";

    private object Describe() => new
    {
        schema = Output.Schema,
        expectedSeconds = Time?.TotalSeconds,
        cells = Plan.Cells.Zip(Estimates, (cell, estimate) => new
        {
            number = cell.Id.Number,
            model = Plan.Request.Models[cell.Model].Name,
            device = cell.DeviceName.Value,
            cell.Runtime,
            cell.Format,
            cell.Precision,
            cell.Options,
            expectedSeconds = estimate.Time?.TotalSeconds,
            estimate.Source,
            estimate.Reason,
        }),
    };

    private string Sizes()
    {
        var sizes = new List<string>
        {
            Figures.Counted(Plan.Request.Models.Count, "model"),
            Figures.Counted(Plan.Cells.Select(cell => cell.Device).Distinct().Count(), "device"),
            Figures.Counted(Plan.Cells.Select(cell => cell.Runtime).Distinct().Count(), "runtime"),
        };
        var precisions = Plan.Cells.Select(cell => cell.Precision).Distinct().Count();
        var threads = Plan.Cells.Select(cell => cell.Options.Threads).Distinct().Count();
        if (precisions > 1)
        {
            sizes.Add(Figures.Counted(precisions, "precision"));
        }

        if (threads > 1)
        {
            sizes.Add(Figures.Counted(threads, "number of threads", "numbers of threads"));
        }

        return $"{Figures.Counted(Plan.Cells.Count, "cell")} of {string.Join(", ", sizes)}";
    }

    private string Price()
    {
        var sources = from estimate in Estimates
                      where estimate.Source is not EstimateSource.Refused
                      group estimate by estimate.Source into same
                      orderby same.Key
                      select $"{same.Count()} {Phrase(same.Key)}";
        var known = string.Join(", ", sources);
        return Time is { } time ? $"about {Figures.Duration(time)} ({known})" : "the time is unknown";
    }

    private static string Phrase(EstimateSource source) => source switch
    {
        EstimateSource.Reused => "used again",
        EstimateSource.EarlierResult => "by earlier results",
        EstimateSource.DeviceRate => "by FLOPs and what the device did before",
        EstimateSource.AssumedRate => $"by FLOPs and {TimeEstimates.Assumption}",
        _ => "unknown",
    };
}

using System.CommandLine;
using System.Globalization;
using EdgeBench.Cli.Results;
using EdgeBench.Cli.Tasks;
using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.Statistics.Comparisons;

namespace EdgeBench.Cli.Comparisons;

/// <summary><c>edgebench compare</c>: which of two results is faster, and in what their conditions differ.</summary>
internal sealed class CompareCommand
{
    private const double UsualWidth = 0.02;
    private const int MostRounds = 1_000;

    /// <summary>What one start of its nature breaks; the rounds together make up for it.</summary>
    private static readonly string[] RulesOfOneStart = ["too-few-runs", "too-few-starts", "wide-interval"];

    private readonly Argument<TaskOrCell> _first = TaskOrCell.CreateArgument("A");
    private readonly Argument<TaskOrCell> _second = TaskOrCell.CreateArgument("B");

    private readonly Option<bool> _interleave = new("--interleave")
    {
        Description = "Measure both anew, in turn on their device, until the answer is clear",
    };

    private readonly Option<double> _width = new("--width")
    {
        HelpName = "PERCENT",
        Description = "With --interleave: two that differ by less than plus or minus so much are within noise",
        CustomParser = result => MeasurementOptionSet.ParsePercent(result) ?? 0,
        DefaultValueFactory = _ => UsualWidth,
    };

    private readonly Option<int> _rounds = MeasurementOptionSet.CreateCount(
        "--rounds", "With --interleave: the most rounds", new InterleaveRule(UsualWidth).MaximumRounds, MostRounds);

    private CompareCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var compare = new CompareCommand();
        var command = new Command("compare", "Tell which of two results is faster, and in what their conditions differ")
        {
            compare._first,
            compare._second,
            compare._interleave,
            compare._width,
            compare._rounds,
            ServerOption.Server,
        };
        return command.InEveryFormat().Does(compare.RunAsync);
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, Screen screen, CancellationToken cancellationToken)
    {
        await using var client = ServerOption.Connect(parsed);
        var (first, second) = (parsed.GetRequiredValue(_first), parsed.GetRequiredValue(_second));
        var pairs = CellPair.Of(
            first.ToString(),
            await MeasuredAsync(client, first, cancellationToken).ConfigureAwait(false),
            second.ToString(),
            await MeasuredAsync(client, second, cancellationToken).ConfigureAwait(false));
        if (!parsed.GetValue(_interleave))
        {
            ComparisonReport.Print([.. pairs.Select(pair => new ComparedPair(pair, pair.Compare(), null))], screen);
            return ExitCode.Done;
        }

        if (pairs is not [var single])
        {
            throw new CommandException(ExitCode.Usage, $"--interleave takes one cell on each side; name them as {first.Task}/NUMBER");
        }

        var rule = new InterleaveRule(parsed.GetValue(_width), parsed.GetValue(_rounds));
        ComparisonReport.Print([await InterleaveAsync(client, single, rule, screen, cancellationToken).ConfigureAwait(false)], screen);
        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<CellView>> MeasuredAsync(
        EdgeBenchClient client, TaskOrCell asked, CancellationToken cancellationToken)
    {
        var history = (await client.GetHistoryAsync(asked.Task, cancellationToken).ConfigureAwait(false)).OrFail();
        var state = TaskState.Replay(history.Select(at => at.Event));
        var cells = asked.In(state);
        var measured = CellView.Of(state).Where(cell => cells.Contains(cell.Cell.Id) && cell.Result is not null).ToList();
        return measured.Count > 0
            ? measured
            : throw new CommandException(ExitCode.Failed, $"{asked} has no result (yet); 'edgebench task show {asked.Task}' tells why");
    }

    private static async Task<ComparedPair> InterleaveAsync(
        EdgeBenchClient client, CellPair pair, InterleaveRule rule, Screen screen, CancellationToken cancellationToken)
    {
        if (pair.First.Cell.Device != pair.Second.Cell.Device)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"{pair.First.Cell.Id} ran on {pair.First.Cell.DeviceName} and {pair.Second.Cell.Id} on {pair.Second.Cell.DeviceName}: "
                + "--interleave takes turns on one device; compare them without it");
        }

        var rounds = new List<(double First, double Second)>();
        var last = pair;
        while (true)
        {
            // Who begins changes, so that what a run leaves behind meets both.
            var firstBegins = rounds.Count % 2 == 0;
            var begun = await TurnAsync(client, firstBegins ? pair.First : pair.Second, cancellationToken).ConfigureAwait(false);
            var then = await TurnAsync(client, firstBegins ? pair.Second : pair.First, cancellationToken).ConfigureAwait(false);
            last = firstBegins ? new CellPair(begun, then) : new CellPair(then, begun);
            rounds.Add((last.First.Result!.Latency.Median, last.Second.Result!.Latency.Median));
            var decision = rule.After(rounds);
            screen.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"round {rounds.Count}: {Figures.Milliseconds(rounds[^1].First)} ms and {Figures.Milliseconds(rounds[^1].Second)} ms, ratio {Text(decision.Ratio!)}"));
            if (decision.End != InterleaveEnd.GoOn)
            {
                return new ComparedPair(pair, last.Compare(), new Interleaving(rounds, decision.End, decision.Ratio!));
            }
        }
    }

    /// <summary>Measures a cell anew, with one start.</summary>
    private static async Task<CellView> TurnAsync(EdgeBenchClient client, CellView cell, CancellationToken cancellationToken)
    {
        var options = cell.Cell.Options;
        var request = new TaskRequest
        {
            Models = [cell.Model],
            Devices = [cell.Cell.DeviceName],
            Runtimes = [cell.Cell.Runtime],
            Precisions = [cell.Cell.Precision],
            Options = options with
            {
                Runs = (options.Runs + options.Starts - 1) / options.Starts,
                MinimumMilliseconds = (options.MinimumMilliseconds + options.Starts - 1) / options.Starts,
                Starts = 1,
                Until = null,
                Memory = false,
            },
            Fresh = true,
        };
        var accepted = (await client.SubmitAsync(TaskKey.New(), request, cancellationToken).ConfigureAwait(false)).OrFail();
        try
        {
            var state = TaskState.None;
            await foreach (var update in client.WatchAsync(accepted.Task, cancellationToken).ConfigureAwait(false))
            {
                state = update.OrFail().State;
            }

            var measured = CellView.Of(state)[0];
            return measured.Result is { } result
                ? measured with { State = measured.State with { Result = result with { Verdict = OfOneStart(result.Verdict) } } }
                : throw new CommandException(ExitCode.Failed, $"{measured.Name} could not be measured again: {measured.State.Failure?.Message}");
        }
        catch (OperationCanceledException)
        {
            await client.CancelAsync(accepted.Task, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static Verdict? OfOneStart(Verdict? verdict)
    {
        if (verdict is null)
        {
            return null;
        }

        List<VerdictReason> reasons = [.. verdict.Reasons.Where(reason => !RulesOfOneStart.Contains(reason.Rule))];
        return verdict with { Reasons = reasons, Level = reasons.Select(reason => reason.Level).DefaultIfEmpty(VerdictLevel.Valid).Max() };
    }

    private static string Text(Ratio ratio) => ratio.Interval is { } interval
        ? string.Create(CultureInfo.InvariantCulture, $"{ratio.Value:0.000} ({interval.Low:0.000} to {interval.High:0.000})")
        : ratio.Value.ToString("0.000", CultureInfo.InvariantCulture);
}

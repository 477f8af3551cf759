using System.CommandLine;
using EdgeBench.Cli.Results;
using EdgeBench.Cli.Results.Details;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Tasks;

/// <summary><c>edgebench task show</c>: the stored table of a task, or one side of its results in full.</summary>
internal sealed class ShowCommand
{
    private readonly Argument<TaskOrCell> _id = TaskOrCell.CreateArgument("ID");

    private readonly Dictionary<DetailView, Option<bool>> _details = DetailView.All.ToDictionary(
        view => view, view => new Option<bool>($"--{view.Name}") { Description = view.Description });

    private ShowCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var show = new ShowCommand();
        var command = new Command("show", "Show a task's stored results") { show._id, RowsOption.Rows, ServerOption.Server };
        foreach (var option in show._details.Values)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            var asked = show._details.Values.Where(IsGiven).Select(option => option.Name).ToList();
            var form = new[] { CommonOptions.Csv, CommonOptions.Markdown }.FirstOrDefault(IsGiven);
            if (asked.Count > 0 && form is not null)
            {
                result.AddError($"{asked[0]} is printed as text or with --json, not with {form.Name}");
            }

            bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
        });
        return command.InEveryFormat().Does(show.RunAsync);
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, Screen screen, CancellationToken cancellationToken)
    {
        await using var client = ServerOption.Connect(parsed);
        var asked = parsed.GetRequiredValue(_id);
        var history = (await client.GetHistoryAsync(asked.Task, cancellationToken).ConfigureAwait(false)).OrFail();
        var state = TaskState.Replay(history.Select(at => at.Event));
        var cells = asked.In(state);
        var views = DetailView.All.Where(view => parsed.GetValue(_details[view])).ToList();
        if (views.Count == 0)
        {
            var part = state with { Cells = [.. state.Cells.Where(cell => cells.Contains(cell.Cell.Id))] };
            TaskReport.Print(part, screen, parsed.GetValue(RowsOption.Rows));
            return ExitCode.Done;
        }

        var measured = CellView.Of(state).Where(cell => cells.Contains(cell.Cell.Id) && cell.Result is not null).ToList();
        if (measured.Count == 0)
        {
            throw new CommandException(ExitCode.Failed, $"{asked} has no result (yet); 'edgebench task show {asked.Task}' tells why");
        }

        var documents = new List<object>();
        foreach (var cell in measured)
        {
            RawMeasurement? raw = views.Any(view => view.WantsRecord)
                ? (await client.GetRecordAsync(cell.Result!, cancellationToken).ConfigureAwait(false)).OrFail()
                : null;
            if (screen.IsJson)
            {
                documents.Add(Describe(cell, views, raw));
            }
            else
            {
                Show(cell, views, raw, screen);
            }
        }

        if (screen.IsJson)
        {
            screen.Json(new { schema = Output.Schema, task = asked.Task.Value, cells = documents });
        }

        return ExitCode.Done;
    }

    private static void Show(CellView cell, IReadOnlyList<DetailView> views, RawMeasurement? raw, Screen screen)
    {
        screen.Line($"{cell.Cell.Id}: {cell.Name}, {cell.Mean} ms of {Figures.Counted(cell.Result!.Latency.Runs, "run")}, {cell.Verdict}");
        foreach (var view in views)
        {
            view.Show(cell, raw, screen);
        }

        screen.Line();
    }

    private static Dictionary<string, object> Describe(CellView cell, IReadOnlyList<DetailView> views, RawMeasurement? raw)
    {
        var parts = new Dictionary<string, object> { ["cell"] = cell.Cell.Id.ToString(), ["model"] = cell.Model.Name };
        foreach (var view in views)
        {
            parts.Add(view.Name, view.Describe(cell, raw));
        }

        return parts;
    }
}

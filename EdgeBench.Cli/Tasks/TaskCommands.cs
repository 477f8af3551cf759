using System.CommandLine;
using System.Globalization;
using EdgeBench.Cli.Conversion;
using EdgeBench.Cli.Results;
using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Tasks;
using Spectre.Console;

namespace EdgeBench.Cli.Tasks;

/// <summary><c>edgebench task</c>: what was submitted, and what became of it.</summary>
internal static class TaskCommands
{
    /// <summary>The command and those below it.</summary>
    public static Command Create() => new("task", "List, show, watch and cancel tasks")
    {
        CreateList(),
        ShowCommand.Create(),
        ForTask("history", "List every event of a task, in order", async (client, task, screen, cancellationToken) =>
        {
            ShowHistory((await client.GetHistoryAsync(task, cancellationToken).ConfigureAwait(false)).OrFail(), screen);
            return ExitCode.Done;
        }),
        ForTask("watch", "Follow a task to its end", async (client, task, screen, cancellationToken) =>
        {
            var state = await TaskWatch.FollowAsync(client, task, null, screen, cancellationToken).ConfigureAwait(false);
            TaskReport.Print(state, screen);
            return TaskWatch.CodeOf(state);
        }).InEveryFormat(),
        ForTask("cancel", "Cancel a task; a measurement that runs is stopped", async (client, task, screen, cancellationToken) =>
        {
            var done = (await client.CancelAsync(task, cancellationToken).ConfigureAwait(false)).OrFail();
            if (screen.IsJson)
            {
                screen.Json(new { task = task.Value, done.Message });
            }
            else
            {
                screen.Line(done.Message);
            }

            return ExitCode.Done;
        }),
    };

    private static Command ForTask(
        string name, string description, Func<EdgeBenchClient, TaskId, Screen, CancellationToken, Task<ExitCode>> action)
    {
        var id = new Argument<TaskId>("ID")
        {
            Description = "The task's id, as 'edgebench task list' shows it",
            CustomParser = result =>
            {
                if (TaskId.TryParse(result.Tokens[0].Value, null, out var task))
                {
                    return task;
                }

                result.AddError($"'{result.Tokens[0].Value}' is no task id: 'edgebench task list' shows them");
                return null;
            },
        };
        return new Command(name, description) { id, ServerOption.Server }.Does(async (parsed, screen, cancellationToken) =>
        {
            await using var client = ServerOption.Connect(parsed);
            return await action(client, parsed.GetRequiredValue(id), screen, cancellationToken).ConfigureAwait(false);
        });
    }

    private static Command CreateList()
    {
        var limit = new Option<int>("--limit") { HelpName = "N", Description = "List the newest N", DefaultValueFactory = _ => 20 };
        var command = new Command("list", "List the tasks, newest first") { limit, ServerOption.Server };
        return command.Does(async (parsed, screen, cancellationToken) =>
        {
            await using var client = ServerOption.Connect(parsed);
            var tasks = (await client.ListTasksAsync(cancellationToken).ConfigureAwait(false)).OrFail();
            var states = new List<TaskState>();
            foreach (var task in tasks.Take(parsed.GetValue(limit)))
            {
                var history = (await client.GetHistoryAsync(task.Id, cancellationToken).ConfigureAwait(false)).OrFail();
                states.Add(TaskState.Replay(history.Select(at => at.Event)));
            }

            ShowList(states, screen);
            return ExitCode.Done;
        });
    }

    private static void ShowList(List<TaskState> states, Screen screen)
    {
        if (screen.IsJson)
        {
            screen.Json(states.Select(state => new
            {
                id = state.Submission!.Task.Value,
                key = state.Submission.Key.Value,
                submittedAt = state.Submission.At,
                state.Outcome,
                models = state.Submission.Request.Models.Select(model => model.Name),
                devices = state.Cells.Select(cell => cell.Cell.DeviceName.Value).Distinct(),
                cells = state.Cells.Length,
                measured = state.Cells.Count(cell => cell.Phase == CellPhase.Measured),
            }));
            return;
        }

        var table = screen.CreateTable("Id", "Submitted", "State", ">Measured", "Models", "Devices");
        foreach (var state in states)
        {
            table.AddRow(
                state.Submission!.Task.Value,
                state.Submission.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                state.Outcome?.ToString().ToLowerInvariant() ?? "open",
                $"{state.Cells.Count(cell => cell.Phase == CellPhase.Measured)}/{state.Cells.Length}",
                string.Join(", ", state.Submission.Request.Models.Select(model => model.Name)).EscapeMarkup(),
                string.Join(", ", state.Cells.Select(cell => cell.Cell.DeviceName.Value).Distinct()).EscapeMarkup());
        }

        screen.Show(table);
    }

    private static void ShowHistory(IReadOnlyList<NumberedEvent> events, Screen screen)
    {
        if (screen.IsJson)
        {
            screen.Json(events.Select(at => new { at.Number, type = NameOf(at.Event), @event = (object)at.Event }));
            return;
        }

        foreach (var at in events)
        {
            screen.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{at.Number,4}  {at.Event.At:yyyy-MM-dd HH:mm:ss.fff}Z  {NameOf(at.Event),-16} {Detail(at.Event)}"));
        }
    }

    private static string NameOf(ITaskEvent happened) => char.ToLowerInvariant(happened.GetType().Name[0]) + happened.GetType().Name[1..];

    private static string Detail(ITaskEvent happened) => happened switch
    {
        TaskEvents.Submitted submitted => $"{submitted.Request.Models.Count} models, {submitted.Cells.Count} cells",
        TaskEvents.ModelConverted converted =>
            $"model {converted.Model} to {converted.Converted.Format} in {Figures.Milliseconds(converted.Converted.Nanoseconds)} ms, "
            + $"weights {converted.Converted.Weights}" + (converted.Converted.Check is { } check ? $"; {CheckText.Of(check)}" : ""),
        TaskEvents.ModelRefused refused => $"model {refused.Model} to {refused.Format}: {refused.Failure.Message}",
        TaskEvents.CellAssigned assigned => $"{assigned.Attempt}",
        TaskEvents.CellStarted started => $"{started.Attempt}",
        TaskEvents.CellMeasured measured =>
            $"{measured.Attempt}: mean {Figures.Milliseconds(measured.Result.Latency.Mean)} ms of {measured.Result.Latency.Runs} runs",
        TaskEvents.CellReused reused =>
            $"{reused.Cell}: mean {Figures.Milliseconds(reused.Result.Latency.Mean)} ms, reused from {reused.From} of "
            + $"{reused.MeasuredAt:yyyy-MM-dd HH:mm}",
        TaskEvents.ResultSuperseded superseded => $"{superseded.Attempt}: kept, not counted",
        TaskEvents.AttemptFailed failed => $"{failed.Attempt}: {failed.Failure.Message}",
        TaskEvents.CellFailed failed => $"{failed.Cell}: {failed.Failure.Message}",
        TaskEvents.Ended ended => ended.Outcome.ToString().ToLowerInvariant(),
        _ => "",
    };
}

using EdgeBench.Cli.Conversion;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Tasks;
using Spectre.Console;

namespace EdgeBench.Cli.Tasks;

/// <summary>A task as people and programs read it: stored facts only.</summary>
internal static class TaskReport
{
    /// <summary>What JSON says of a task.</summary>
    public static object Describe(TaskState state) => new
    {
        task = state.Submission!.Task.Value,
        key = state.Submission.Key.Value,
        submittedAt = state.Submission.At,
        serverVersion = state.Submission.ServerVersion,
        outcome = state.Outcome,
        endedAt = state.EndedAt,
        models = state.Submission.Request.Models.Select((model, number) => new
        {
            number,
            model.Name,
            file = model.FileName,
            sha256 = model.File.Sha256.Hex,
            formats = state.Models.Values.Where(format => format.Model == number),
        }),
        cells = state.Cells.Select(cell => DescribeCell(state, cell)),
    };

    /// <summary>Prints the table of a task, with what was chosen above it and what failed below.</summary>
    public static void Show(TaskState state, Screen screen)
    {
        foreach (var chosen in state.Cells.Where(cell => cell.Result is not null).Select(Chosen).Distinct())
        {
            screen.Line(chosen);
        }

        screen.Show(CreateTable(state, screen));
        foreach (var cell in state.Cells.Where(cell => cell.Failure is not null))
        {
            screen.Line($"{NameOf(state, cell)} on {cell.Cell.DeviceName}, {cell.Cell.Runtime}: {cell.Failure!.Message}");
            if (cell.Failure.LastOutput is { Length: > 0 } output)
            {
                screen.Line($"  last output: {output.ReplaceLineEndings(" | ")}");
            }
        }

        var notChecked = state.Models.Values
            .Where(model => model.Converted?.Check is { Outcome: not CheckOutcome.Passed })
            .GroupBy(model => CheckText.Of(model.Converted!.Check!), model => state.Submission!.Request.Models[model.Model].Name);
        foreach (var models in notChecked)
        {
            screen.Line($"{string.Join(", ", models.Distinct())}: {models.Key}");
        }

        if (state.Cells.Select(cell => state.Model(cell.Cell.Model, cell.Cell.Format)?.Converted?.Weights)
            .Any(weights => weights?.StartsWith("synthetic", StringComparison.Ordinal) == true))
        {
            screen.Line("* weights: synthetic; the latency is the network's, the outputs mean nothing");
        }
    }

    /// <summary>The table, one row a cell.</summary>
    public static Table CreateTable(TaskState state, Screen screen)
    {
        var table = screen.CreateTable(
            "Model", "Device", "Runtime", ">Mean ms", ">Median ms", ">Min ms", ">Max ms", ">SD ms", ">Runs", ">Threads", ">FLOPs",
            "Isolation");
        foreach (var cell in state.Cells)
        {
            var converted = state.Model(cell.Cell.Model, cell.Cell.Format)?.Converted;
            var synthetic = converted?.Weights.StartsWith("synthetic", StringComparison.Ordinal) == true ? " *" : "";
            var latency = cell.Result?.Latency;
            string[] figures = latency is null
                ? [cell.Phase.ToString().ToLowerInvariant(), "-", "-", "-", "-", "-", "-"]
                : [
                    Figures.Milliseconds(latency.Mean), Figures.Milliseconds(latency.Median), Figures.Milliseconds(latency.Minimum),
                    Figures.Milliseconds(latency.Maximum), Figures.Milliseconds(latency.StandardDeviation), Figures.Count(latency.Runs),
                    Figures.Count(cell.Result!.Conditions.Threads),
                ];
            table.AddRow([
                (NameOf(state, cell) + synthetic).EscapeMarkup(), cell.Cell.DeviceName.Value.EscapeMarkup(),
                cell.Cell.Runtime.EscapeMarkup(), .. figures, Figures.Flops(converted?.Flops), cell.Result?.Conditions.Isolation ?? "-",
            ]);
        }

        return table;
    }

    /// <summary>The name of a cell's model.</summary>
    public static string NameOf(TaskState state, CellState cell) => state.Submission!.Request.Models[cell.Cell.Model].Name;

    private static string Chosen(CellState cell)
    {
        var conditions = cell.Result!.Conditions;
        var pinned = conditions.Cpus is { } cpus ? $" on CPUs {cpus}" : "";
        return $"device {cell.Cell.DeviceName} ({conditions.Architecture}, {conditions.Processor ?? "processor not known"}), "
            + $"{conditions.Runtime} {conditions.RuntimeVersion}, threads {conditions.Threads}{pinned}, isolation: {conditions.Isolation}"
            + (conditions.Engine is { } engine ? $" ({engine})" : "");
    }

    private static object DescribeCell(TaskState state, CellState cell)
    {
        var converted = state.Model(cell.Cell.Model, cell.Cell.Format)?.Converted;
        return new
        {
            cell = cell.Cell.Id.ToString(),
            model = NameOf(state, cell),
            device = cell.Cell.DeviceName.Value,
            deviceId = cell.Cell.Device.ToString(),
            cell.Cell.Runtime,
            cell.Cell.Format,
            cell.Cell.Precision,
            cell.Cell.Options,
            cell.Phase,
            cell.Attempts,
            parameters = converted?.Parameters,
            flops = converted?.Flops,
            macs = converted?.Macs,
            weights = converted?.Weights,
            check = converted?.Check,
            cell.Result,
            cell.Failure,
        };
    }
}

using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Results;

/// <summary>What JSON says of a task; <c>docs/output.md</c> has every field.</summary>
internal static class TaskDocument
{
    /// <summary>The document.</summary>
    public static object Of(TaskState state) => new
    {
        schema = Output.Schema,
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
            formats = state.Models.Values.Where(format => format.Model == number).Select(format => new
            {
                format.Format,
                format.Precision,
                format.Converted,
                format.Refusal,
            }),
        }),
        cells = CellView.Of(state).Select(OfCell),
    };

    private static object OfCell(CellView cell) => new
    {
        cell = cell.Cell.Id.ToString(),
        model = cell.Model.Name,
        device = cell.Cell.DeviceName.Value,
        deviceId = cell.Cell.Device.ToString(),
        cell.Cell.Runtime,
        cell.Cell.Format,
        cell.Cell.Precision,
        cell.Cell.Options,
        cell.State.Phase,
        cell.State.Attempts,
        measuredAt = cell.State.MeasuredAt,
        reusedFrom = cell.State.ReusedFrom?.ToString(),
        parameters = cell.Converted?.Parameters,
        flops = cell.Converted?.Flops,
        macs = cell.Converted?.Macs,
        weights = cell.Converted?.Weights,
        check = cell.Converted?.Check,
        verdict = CellView.WordOf(cell.Result?.Verdict?.Level),
        cell.Result,
        cell.State.Failure,
        command = ReferenceCommand.Of(cell, $"{cell.Model.Name}.{cell.Cell.Format}"),
    };
}

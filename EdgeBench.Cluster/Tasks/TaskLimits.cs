using System.Text.Json;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>Keeps what devices send within what the journal and a page of events take.</summary>
internal static class TaskLimits
{
    private const int MaximumMessage = 2_000;
    private const int MaximumOutput = 4_000;
    private const int MaximumPhase = 60;

    /// <summary>A command that can be stored: long texts are cut, and a result that is far too long is a failure.</summary>
    public static TaskCommand Fit(TaskCommand command) => command switch
    {
        TaskCommand.FailAttempt fail => fail with { Failure = Fit(fail.Failure) },
        TaskCommand.EndCell end => end with { Failure = Fit(end.Failure) },
        TaskCommand.KeepResult keep when BytesOf(keep.Result) is > MessageLimits.MaximumResultBytes and var bytes =>
            new TaskCommand.FailAttempt(
                keep.Attempt,
                new CellFailure(
                    FailureKind.Internal,
                    $"the device's result has {bytes} bytes, more than the {MessageLimits.MaximumResultBytes} it may have")),
        _ => command,
    };

    /// <summary>The progress of a cell, as clients see it.</summary>
    public static CellProgress Fit(FromDevice.AttemptProgress progress) =>
        new(progress.Attempt.Cell, Head(progress.Phase, MaximumPhase), progress.Runs, progress.Start, progress.Starts);

    private static CellFailure Fit(CellFailure failure) => failure with
    {
        Message = Head(failure.Message, MaximumMessage),
        LastOutput = failure.LastOutput is { Length: > MaximumOutput } output ? output[^MaximumOutput..] : failure.LastOutput,
    };

    private static string Head(string text, int length) => text.Length <= length ? text : text[..length];

    private static int BytesOf(CellResult result) => JsonSerializer.SerializeToUtf8Bytes(result, MessagesJson.Options).Length;
}

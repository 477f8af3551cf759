using System.Text.Json;
using EdgeBench.Cli.Tasks;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Client;

namespace EdgeBench.Tests.Cli;

public class TaskReportTests
{
    private static readonly TaskState State = TaskState.Replay(TaskSample.Events);

    [Fact]
    public void Without_a_terminal_each_cell_is_one_row_that_is_never_wrapped()
    {
        using var output = new StringWriter();
        TaskCommands.Print(State, new Screen(output, TextWriter.Null, json: false, verbose: false));

        var row = Assert.Single(output.ToString().Split('\n'), line => line.Contains("| net", StringComparison.Ordinal));
        Assert.Contains("2.000", row, StringComparison.Ordinal);
        Assert.Contains("1.138 B", row, StringComparison.Ordinal);
        Assert.Contains("container", row, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output.ToString());
    }

    [Fact]
    public void The_table_says_what_was_chosen_and_that_weights_were_made_up()
    {
        using var output = new StringWriter();
        TaskCommands.Print(State, new Screen(output, TextWriter.Null, json: false, verbose: false));

        Assert.Contains("device pi4", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("isolation: container", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("weights: synthetic", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_stored_figures_and_the_verdict_of_every_cell()
    {
        using var output = new StringWriter();
        TaskCommands.Print(State, new Screen(output, TextWriter.Null, json: true, verbose: false));

        using var parsed = JsonDocument.Parse(output.ToString());
        var cell = Assert.Single(parsed.RootElement.GetProperty("cells").EnumerateArray());
        Assert.Equal(TaskSample.Id.Value, parsed.RootElement.GetProperty("task").GetString());
        Assert.Equal("completed", parsed.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(2_000_000, cell.GetProperty("result").GetProperty("latency").GetProperty("mean").GetDouble());
        Assert.Equal(TaskSample.Artifact.Sha256.Hex, cell.GetProperty("result").GetProperty("raw").GetProperty("sha256").GetString());
        Assert.Equal("askedReached", cell.GetProperty("result").GetProperty("stop").GetString());
        Assert.Equal("suspect", cell.GetProperty("result").GetProperty("verdict").GetProperty("level").GetString());
    }

    [Fact]
    public void A_failure_is_told_below_the_table_with_the_last_output()
    {
        var failure = new CellFailure(FailureKind.RunnerFailed, "the evaluation program ended with 139", "boom\nsegfault");
        var state = State.Apply(new TaskEvents.CellFailed(TaskSample.Cell.Id, failure, default));
        using var output = new StringWriter();
        TaskCommands.Print(state, new Screen(output, TextWriter.Null, json: false, verbose: false));

        Assert.Contains("net on pi4, onnxruntime: the evaluation program ended with 139", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("last output: boom | segfault", output.ToString(), StringComparison.Ordinal);
    }
}

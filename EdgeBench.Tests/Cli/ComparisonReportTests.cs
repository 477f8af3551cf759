using EdgeBench.Cli;
using EdgeBench.Cli.Comparisons;
using EdgeBench.Cli.Results;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.Statistics.Comparisons;
using EdgeBench.Tests.Messages;

namespace EdgeBench.Tests.Cli;

/// <summary>How two results are compared on the screen.</summary>
public class ComparisonReportTests
{
    /// <summary>The same task, measured twice as slow under other conditions.</summary>
    internal static TaskState Slower { get; } = Change(Documents.Task, cell => cell with
    {
        Cell = cell.Cell with { Runtime = "tflite" },
        Result = Samples.Result with
        {
            Latency = Times(Samples.Result.Latency, 2),
            Fingerprint = new Fingerprint([new NamedFact("cpu.governor", "powersave"), new NamedFact("power.mode", null, "nobody knows")]),
        },
    });

    [Fact]
    public void First_stands_in_what_the_conditions_differ_then_the_answer()
    {
        var text = Text(Pair(Documents.Task, Slower));

        var differs = text.IndexOf("| cpu.governor | performance    | powersave |", StringComparison.Ordinal);
        var answer = text.IndexOf("onnxruntime is 2.00 ± ", StringComparison.Ordinal);
        Assert.True(differs >= 0 && answer > differs, text);
        Assert.Contains("times faster than tflite\n", text, StringComparison.Ordinal);
        Assert.Contains("| Condition    | A: onnxruntime | B: tflite |", text, StringComparison.Ordinal);
        Assert.Contains("caution: tflite is SUSPECT (other-load)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_that_cannot_be_told_apart_are_within_noise()
    {
        var text = Text(Pair(Documents.Task, Documents.Task));

        Assert.Contains($"within noise: {Samples.CellOne}/{Samples.CellOne} = 1.00 (", text, StringComparison.Ordinal);
        Assert.Contains("the conditions are the same in all that is known", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_has_the_answer_in_bold_and_csv_in_a_row()
    {
        var pair = Pair(Documents.Task, Slower);

        Assert.Matches(@"\n\*\*onnxruntime is 2\.00 ± [0-9.]+ times faster than tflite\*\*\n", Documents.Print(OutputFormat.Markdown, screen => ComparisonReport.Print([pair], screen)));
        var rows = Documents.Print(OutputFormat.Csv, screen => ComparisonReport.Print([pair], screen)).Split("\r\n");
        Assert.Equal(string.Join(',', ComparisonReport.Names), rows[0]);
        Assert.Contains(",onnxruntime,tflite,19.1,38.2,SUSPECT,SUSPECT,cpu.governor,0.5,", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Taking_turns_answers_by_its_own_ratio_and_says_how_often()
    {
        var pair = Pair(Documents.Task, Slower);
        var clear = new Interleaving([(1, 3), (1, 3), (1, 3), (1, 3)], InterleaveEnd.Clear, new Ratio(1 / 3.0, new ConfidenceInterval(0.32, 0.35)));
        var open = new Interleaving([(1, 1)], InterleaveEnd.RoundLimit, new Ratio(1, new ConfidenceInterval(0.9, 1.1)));

        Assert.Matches("onnxruntime is 3.00 ± 0.13 times faster than tflite, after 4 rounds\n", Text(pair with { Interleaving = clear }));
        Assert.Contains(
            "within noise: onnxruntime/tflite = 1.00 (0.90 to 1.10), not clear after 1 rounds", Text(pair with { Interleaving = open }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_of_two_tasks_belong_together_by_model_device_runtime_precision_and_threads()
    {
        var (first, second) = (Measured(Grid("a", "b")), Measured(Grid("b", "c", "a")));

        var pairs = CellPair.Of("1", first, "2", second);

        Assert.Equal(["a a", "b b"], pairs.Select(pair => $"{pair.First.Cell.Runtime} {pair.Second.Cell.Runtime}"));
        Assert.Throws<CommandException>(() => CellPair.Of("1", Measured(Grid("a", "b")), "2", Measured(Grid("c", "d"))));
        Assert.Single(CellPair.Of("1", Measured(Grid("a")), "2", Measured(Grid("c"))));
    }

    /// <summary>The first cells of two tasks.</summary>
    internal static ComparedPair Pair(TaskState first, TaskState second)
    {
        var pair = new CellPair(CellView.Of(first)[0], CellView.Of(second)[0]);
        return new ComparedPair(pair, pair.Compare(), null);
    }

    private static string Text(ComparedPair pair) => Documents.Print(OutputFormat.Text, screen => ComparisonReport.Print([pair], screen));

    private static List<CellView> Measured(TaskState state) => [.. CellView.Of(state)];

    private static TaskState Grid(params string[] runtimes) => Documents.Task with
    {
        Cells = [.. runtimes.Select(runtime => Documents.Task.Cells[0] with { Cell = Documents.Task.Cells[0].Cell with { Runtime = runtime } })],
    };

    private static TaskState Change(TaskState state, Func<CellState, CellState> change) =>
        state with { Cells = state.Cells.SetItem(0, change(state.Cells[0])) };

    private static LatencyStatistics Times(LatencyStatistics latency, double factor) => latency with
    {
        Mean = latency.Mean * factor,
        Median = latency.Median * factor,
        MedianInterval = new ConfidenceInterval(latency.MedianInterval!.Low * factor, latency.MedianInterval.High * factor),
    };
}

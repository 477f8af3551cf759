using System.Text.Json;
using EdgeBench.Cli.Results;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Client;
using EdgeBench.Tests.Messages;

namespace EdgeBench.Tests.Cli;

public class TaskReportTests
{
    private static readonly TaskState Small = TaskState.Replay(TaskSample.Events);

    [Fact]
    public void Models_stand_beside_runtimes_and_devices_with_interval_verdict_and_FLOPs()
    {
        var text = Text(Grid(2, "tflite", "onnxruntime"));

        Assert.Contains("| Model, ms |   tflite, pi-4 | onnxruntime, pi-4 |   FLOPs |", text, StringComparison.Ordinal);
        Assert.Contains("| model1 *  | 19.25 ± 0.23 ? |    19.25 ± 0.23 ? | 7.728 B |", text, StringComparison.Ordinal);
        Assert.Contains("± is half the 95 % interval of the mean; ? SUSPECT", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public void One_cell_is_a_row_that_is_never_wrapped_where_there_is_no_terminal()
    {
        var text = Text(Small);

        var row = Assert.Single(text.Split('\n'), line => line.StartsWith("| net * ", StringComparison.Ordinal));
        Assert.Contains("2.000", row, StringComparison.Ordinal);
        Assert.Contains("1.138 B", row, StringComparison.Ordinal);
        Assert.EndsWith("| SUSPECT |", row, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_given_where_they_are_asked_for_or_a_grid_has_no_room()
    {
        var state = Grid(1, [.. Enumerable.Range(1, 9).Select(number => $"runtime{number}")]);

        Assert.Contains("| Model    | Device | Runtime  |", Text(state), StringComparison.Ordinal);
        Assert.Contains("| Model    | Device | Runtime ", Text(Grid(2, "tflite"), rows: true), StringComparison.Ordinal);
        Assert.DoesNotContain("| Model, ms", Text(Grid(2, "tflite"), rows: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(140)]
    public void A_table_is_as_wide_as_the_terminal_at_most(int width)
    {
        foreach (var state in new[] { Small, Grid(3, "tflite", "onnxruntime", "litert"), Grid(2, [.. Enumerable.Range(1, 9).Select(number => $"r{number}")]) })
        {
            var text = Documents.Print(OutputFormat.Text, screen => TaskReport.Print(state, screen), width);
            var table = text.Split('\n').Where(line => line.StartsWith('│') || line.StartsWith('╭')).ToList();

            Assert.NotEmpty(table);
            Assert.All(table, line => Assert.True(line.Length <= width, line));
            Assert.Contains(table, line => line.Contains('?', StringComparison.Ordinal) || line.Contains("SUSPECT", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Above_the_table_stands_under_which_conditions_it_was_measured()
    {
        var lines = Text(Documents.Task).Split('\n');

        Assert.Equal("device pi-4: Cortex-A72, arm64", lines[0]);
        Assert.Equal("settings: governor performance, docker 28.2.2, edge node 0.1.0", lines[1]);
        Assert.Equal("runtime: onnxruntime 1.31.1, 3 threads on CPUs 0-2, isolation: container, spinning=on", lines[2]);
    }

    [Fact]
    public void Below_it_stand_the_reasons_of_verdicts_and_failures_with_the_last_output()
    {
        var text = Text(Documents.Task);

        Assert.Contains(
            "? resnet50 on pi-4, onnxruntime: SUSPECT\n  other-load: others used 0.4 CPUs (make, 0.3); end them and measure again\n", text,
            StringComparison.Ordinal);
        Assert.Contains(
            "densenet201 on pi-4, onnxruntime: it wanted more than 512 MB; raise the limit; last output: loading | loaded\n", text,
            StringComparison.Ordinal);
        Assert.Contains("* weights: synthetic", text, StringComparison.Ordinal);
        Assert.Contains("1 cell stopped when the interval was as narrow as asked", text, StringComparison.Ordinal);
        Assert.EndsWith($"task {Samples.Task}: failed\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_that_cells_have_in_common_is_told_once()
    {
        var text = Text(Grid(2, "tflite", "onnxruntime"));

        Assert.Contains("? all 4 measured cells: SUSPECT\n  other-load: ", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("other-load").Length);
    }

    [Fact]
    public void What_many_cells_have_in_common_is_told_once_and_named_where_they_have_more()
    {
        var state = Grid(2, "tflite", "onnxruntime");
        var own = new VerdictReason("steps", VerdictLevel.Invalid, "from run 5 on");
        var verdict = Samples.Result.Verdict!;
        var worse = Samples.Result with { Verdict = new Verdict(VerdictLevel.Invalid, [own, .. verdict.Reasons], 1) };
        var valid = Samples.Result with { Verdict = new Verdict(VerdictLevel.Valid, [], 1) };

        var text = Text(state with
        {
            Cells = state.Cells.SetItem(1, state.Cells[1] with { Result = worse }).SetItem(3, state.Cells[3] with { Result = valid }),
        });

        Assert.Contains("? 3 of 4 measured cells: SUSPECT\n  other-load: others used", text, StringComparison.Ordinal);
        Assert.Contains(
            "✗ model0 on pi-4, onnxruntime: INVALID\n  steps: from run 5 on\n  other-load: as above\n", text, StringComparison.Ordinal);
        Assert.Contains("; ✓ VALID; ? SUSPECT; ✗ INVALID\n", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("others used").Length);
    }

    [Fact]
    public void The_runtimes_own_tool_is_called_with_what_took_effect()
    {
        var tflite = With(Samples.Result.Conditions with { Runtime = "tflite", Options = new Dictionary<string, string> { ["xnnpack"] = "off" } });
        var onnx = With(Samples.Result.Conditions with
        {
            Options = new Dictionary<string, string> { ["graphOptimization"] = "basic", ["spinning"] = "off" },
        });
        var foreign = With(Samples.Result.Conditions with { Runtime = "mine" });

        Assert.Equal(
            "benchmark_model --graph=a.tflite --num_threads=3 --num_runs=50 --min_secs=2 --use_xnnpack=false",
            ReferenceCommand.Of(tflite, "a.tflite"));
        Assert.Equal(
            "onnxruntime_perf_test -e cpu -I -m times -r 50 -x 3 -o 1 -C \"session.intra_op.allow_spinning|0\" a.onnx",
            ReferenceCommand.Of(onnx, "a.onnx"));
        Assert.Null(ReferenceCommand.Of(foreign, "a.onnx"));
        Assert.Contains("  edgebench convert net.keras --to onnx --out net.onnx\n", Text(Small), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_can_be_pasted()
    {
        var text = Documents.Print(OutputFormat.Markdown, screen => TaskReport.Print(Documents.Task, screen));

        Assert.StartsWith("- device pi-4: ", text, StringComparison.Ordinal);
        Assert.Contains("\n\n| Model, ms   |", text, StringComparison.Ordinal);
        Assert.Contains("\n```sh\nedgebench convert", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("```").Length - 1);
    }

    [Fact]
    public void A_name_breaks_no_table_and_means_nothing_but_itself()
    {
        var submission = Small.Submission! with
        {
            Request = Small.Submission.Request with { Models = [Small.Submission.Request.Models[0] with { Name = "a|b\n[red]c[/]" }] },
        };

        var text = Text(Small with { Submission = submission });

        Assert.Contains("| a\\|b [red]c[/] * | pi4 ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_has_a_row_for_each_cell_with_as_many_values_as_names()
    {
        var text = Documents.Print(OutputFormat.Csv, screen => TaskReport.Print(Documents.Task, screen));

        var rows = text.Split("\r\n");
        Assert.Equal(4, rows.Length);
        Assert.Equal(string.Join(',', TaskCsv.Names), rows[0]);
        Assert.Contains(",measured,SUSPECT,other-load,50,1,", rows[1], StringComparison.Ordinal);
        Assert.Contains(",19.2500005,19.0200005,19.4800005,19.1,18,23,", rows[1], StringComparison.Ordinal);
        Assert.EndsWith(",it wanted more than 512 MB; raise the limit", rows[2], StringComparison.Ordinal);
        Assert.Equal(TaskCsv.Names.Count(), rows[1].Split(',').Length);
        Assert.Equal(TaskCsv.Names.Count(), rows[2].Split(',').Length);
    }

    [Fact]
    public void Json_has_the_stored_figures_and_the_verdict_of_every_cell()
    {
        using var parsed = JsonDocument.Parse(Documents.Print(OutputFormat.Json, screen => TaskReport.Print(Documents.Task, screen)));

        var cells = parsed.RootElement.GetProperty("cells").EnumerateArray().ToList();
        Assert.Equal(1, parsed.RootElement.GetProperty("schema").GetInt32());
        Assert.Equal("failed", parsed.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(["SUSPECT", "UNJUDGED"], cells.Select(cell => cell.GetProperty("verdict").GetString()));
        Assert.Equal(19_250_000.5, cells[0].GetProperty("result").GetProperty("latency").GetProperty("mean").GetDouble());
        Assert.Equal("intervalNarrow", cells[0].GetProperty("result").GetProperty("stop").GetString());
        Assert.Equal("suspect", cells[0].GetProperty("result").GetProperty("verdict").GetProperty("level").GetString());
    }

    [Theory]
    [InlineData(CellPhase.Pending, "waiting")]
    [InlineData(CellPhase.Running, "running")]
    public void A_task_that_goes_on_is_shown_as_it_stands(CellPhase phase, string word)
    {
        var state = Grid(2, "tflite", "onnxruntime");
        var open = state with { Cells = state.Cells.SetItem(1, state.Cells[1] with { Phase = phase, Result = null }), Outcome = null };

        var text = Text(open);

        Assert.Matches($@"\| model0 \* +\| 19.25 ± 0.23 \? \| +{word} \|", text);
        Assert.EndsWith(": open\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_was_used_again_says_from_where()
    {
        var state = Grid(1, "tflite", "onnxruntime");
        var from = new CellId(TaskId.Of(new TaskKey("earlier")), 7);

        var text = Text(state with
        {
            Cells = state.Cells.SetItem(1, state.Cells[1] with { ReusedFrom = from, MeasuredAt = Samples.At }),
        });

        Assert.Contains(" 19.25 ± 0.23 ?† |", text, StringComparison.Ordinal);
        Assert.Contains(
            $"† model0 on pi-4, onnxruntime: reused from {from}, measured 2026-11-25 12:30Z; --fresh measures anew", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_with_several_numbers_of_threads_are_told_apart()
    {
        var state = Grid(1, "tflite", "tflite");
        var cell = state.Cells[1].Cell;

        var text = Text(state with
        {
            Cells = state.Cells.SetItem(1, state.Cells[1] with { Cell = cell with { Options = cell.Options with { Threads = null } } }),
        });

        Assert.Contains("| tflite, pi-4, 3 threads | tflite, pi-4, all threads |", text, StringComparison.Ordinal);
    }

    private static string Text(TaskState state, bool rows = false) =>
        Documents.Print(OutputFormat.Text, screen => TaskReport.Print(state, screen, rows));

    private static CellView With(RunConditions conditions) =>
        new(Documents.Task, Documents.Task.Cells[0] with { Result = Samples.Result with { Conditions = conditions } });

    /// <summary>A measured task of so many models with each of these runtimes.</summary>
    private static TaskState Grid(int models, params string[] runtimes)
    {
        var cells = from model in Enumerable.Range(0, models)
                    from runtime in runtimes.Select((name, index) => (name, index))
                    select new CellState
                    {
                        Cell = Samples.Cell with
                        {
                            Id = new CellId(Samples.Task, (model * runtimes.Length) + runtime.index + 1),
                            Model = model,
                            Runtime = runtime.name,
                        },
                        Phase = CellPhase.Measured,
                        Result = Samples.Result,
                    };
        var submitted = Documents.Task.Submission! with
        {
            Request = Samples.Request with
            {
                Models = [.. Enumerable.Range(0, models).Select(model => Samples.Request.Models[0] with { Name = $"model{model}" })],
            },
        };
        return TaskState.None with
        {
            Submission = submitted,
            Cells = [.. cells],
            Models = TaskState.None.Models.AddRange(
                Enumerable.Range(0, models).Select(model => KeyValuePair.Create(
                    ModelState.Key(model, "onnx"), new ModelState(model, "onnx", Samples.Converted, null)))),
            Outcome = TaskOutcome.Completed,
        };
    }
}

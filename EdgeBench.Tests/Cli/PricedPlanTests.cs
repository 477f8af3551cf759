using System.Text.Json;
using EdgeBench.Cli.Planning;
using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Client;
using EdgeBench.Tests.Messages;

namespace EdgeBench.Tests.Cli;

/// <summary>How long a plan says that it will take.</summary>
public class PricedPlanTests
{
    private static readonly ModelSource Net = new() { Name = "net", FileName = "net.h5", File = Samples.Artifact("net") };

    private static readonly DeviceState Device = new()
    {
        Id = TaskSample.Cell.Device,
        Name = TaskSample.Cell.DeviceName,
        Description = Samples.Description with { Cores = 4, Architecture = "arm64" },
        Phase = DevicePhase.Idle,
        LastSeen = Samples.At,
    };

    [Fact]
    public void What_was_measured_before_takes_as_long_as_then()
    {
        var estimate = Assert.Single(Price([Past(Net, TaskSample.Cell, 1_000_000_000, 10e6, start: 1)], 1_000_000_000).Estimates);

        Assert.Equal(EstimateSource.EarlierResult, estimate.Source);
        Assert.Equal(5, estimate.Time!.Value.TotalSeconds, 3);
        Assert.Contains("10.00 ms", estimate.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void More_runs_than_the_least_time_holds_take_longer()
    {
        var many = TaskSample.Cell with { Options = TaskSample.Cell.Options with { Runs = 200 } };

        var estimate = Assert.Single(Price([Past(Net, TaskSample.Cell, null, 10e6, start: 1)], null, many).Estimates);

        Assert.Equal(6, estimate.Time!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Each_start_takes_its_time_and_the_pass_for_memory_is_one_more()
    {
        var once = TaskSample.Cell with { Options = TaskSample.Cell.Options with { Starts = 1, Memory = false } };

        var estimate = Assert.Single(Price([Past(Net, TaskSample.Cell, null, 10e6, start: 1)], null, once).Estimates);

        Assert.Equal(2, estimate.Time!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void A_valid_result_of_the_same_conditions_takes_no_time_unless_all_is_to_be_fresh()
    {
        var host = Samples.Artifact("the host as it is").Sha256;
        var valid = Past(Net, TaskSample.Cell, null, 10e6, start: 1) with { Host = host };
        DeviceState[] same = [Device with { Description = Device.Description with { Host = host } }];
        var other = TaskSample.Cell with { Options = TaskSample.Cell.Options with { Seed = 7 } };

        Assert.Equal(EstimateSource.Reused, SourceOf(same, TaskSample.Cell, fresh: false));
        Assert.Equal(EstimateSource.EarlierResult, SourceOf(same, TaskSample.Cell, fresh: true));
        Assert.Equal(EstimateSource.EarlierResult, SourceOf(same, other, fresh: false));
        Assert.Equal(EstimateSource.EarlierResult, SourceOf([Device], TaskSample.Cell, fresh: false));

        EstimateSource SourceOf(DeviceState[] devices, Cell cell, bool fresh)
        {
            var plan = Plan([cell]);
            return PricedPlan.Price(plan with { Request = plan.Request with { Fresh = fresh } }, devices, [valid], _ => null).Estimates[0].Source;
        }
    }

    [Fact]
    public void Another_model_is_priced_by_its_FLOPs_at_what_the_device_did_before()
    {
        var other = Net with { Name = "other", File = Samples.Artifact("other") };
        var threads = TaskSample.Cell with { Options = TaskSample.Cell.Options with { Threads = 1 } };

        // 1 GFLOP in 10 ms with as many threads; 1 GFLOP in 90 ms with one, which must not count.
        var plan = Price(
            [Past(other, threads, 1_000_000_000, 90e6, start: 9), Past(other, TaskSample.Cell, 1_000_000_000, 10e6, start: 1)], 20_000_000_000);

        var estimate = Assert.Single(plan.Estimates);
        Assert.Equal(EstimateSource.DeviceRate, estimate.Source);
        Assert.Contains("100 GFLOP/s, as 1 earlier result", estimate.Reason, StringComparison.Ordinal);
        Assert.Equal(4 + (30 * 0.2), estimate.Time!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Without_any_result_the_assumption_is_stated()
    {
        var plan = Price([], 3_000_000_000);

        var estimate = Assert.Single(plan.Estimates);
        Assert.Equal(EstimateSource.AssumedRate, estimate.Source);
        Assert.Contains("assuming 3 GFLOP/s a thread (4)", estimate.Reason, StringComparison.Ordinal);
        Assert.Contains("an assumed", Assert.Single(plan.Summary()), StringComparison.Ordinal);
        Assert.True(estimate.Time > MeasuringTime.OfRuns(TaskSample.Cell.Options, 250e6));
    }

    [Fact]
    public void Where_nothing_is_known_the_time_is_unknown()
    {
        var plan = Price([], null);

        Assert.Equal((null, EstimateSource.Unknown), (plan.Time, Assert.Single(plan.Estimates).Source));
        Assert.Contains("the time is unknown", Assert.Single(plan.Summary()), StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_work_beside_each_other_and_a_refused_cell_takes_no_time()
    {
        var second = new DeviceId(Guid.NewGuid());
        Cell[] cells =
        [
            TaskSample.Cell,
            TaskSample.Cell with { Id = new CellId(TaskSample.Id, 2) },
            TaskSample.Cell with { Id = new CellId(TaskSample.Id, 3), Device = second },
            TaskSample.Cell with { Id = new CellId(TaskSample.Id, 4), Runtime = "tflite" },
        ];
        PastMeasurement[] past =
        [
            Past(Net, TaskSample.Cell, null, 10e6, start: 1), Past(Net, TaskSample.Cell with { Device = second }, null, 10e6, start: 1.75),
        ];

        var plan = PricedPlan.Price(Plan(cells, new CellRefusal(4, "no image")), [Device with { Phase = DevicePhase.Away }], past, _ => null);

        Assert.Equal(10, plan.Time!.Value.TotalSeconds, 3);
        Assert.Equal(
            [
                "plan: 4 cells of 1 model, 2 devices, 2 runtimes; about 10 s (3 by earlier results)",
                "device pi4 is away: its cells wait until it is back",
                "1 cell cannot be measured: no image",
            ],
            plan.Summary());
    }

    [Fact]
    public void The_plan_is_a_table_or_JSON()
    {
        var plan = Price([Past(Net, TaskSample.Cell, null, 10e6, start: 1)], null);
        using var table = new StringWriter();
        using var json = new StringWriter();

        plan.Print(new Screen(table, TextWriter.Null, OutputFormat.Text));
        plan.Print(new Screen(json, TextWriter.Null, OutputFormat.Json));

        Assert.Contains("| net   | pi4    | onnxruntime | fp32      |     all |   30 |    5.0 s |", table.ToString(), StringComparison.Ordinal);
        using var parsed = JsonDocument.Parse(json.ToString());
        Assert.Equal(5, parsed.RootElement.GetProperty("expectedSeconds").GetDouble(), 3);
        Assert.Equal("earlierResult", parsed.RootElement.GetProperty("cells")[0].GetProperty("source").GetString());
    }

    [Fact]
    public void An_earlier_result_is_read_from_a_history()
    {
        var past = Assert.Single(PastMeasurement.Of(TaskSample.Events));

        Assert.Equal((2_000_000, 1_137_536_880), (past.Latency, past.Flops));
        // One second from beginning to end, of which 6 ms were timed runs, in one start and a pass for memory.
        Assert.Equal(0.497, past.Start.TotalSeconds, 3);
        Assert.True(past.IsOf(past.Model, TaskSample.Cell with { Options = new MeasurementOptions { Runs = 999 } }));
        Assert.False(past.IsOf(past.Model, TaskSample.Cell with { Precision = "int8" }));
        Assert.False(past.IsOf(past.Model with { File = Samples.Artifact("another") }, TaskSample.Cell));
        Assert.False(past.IsOf(
            past.Model with { InputShapes = new Dictionary<string, IReadOnlyList<int>> { ["image"] = [8, 8, 3] } }, TaskSample.Cell));
    }

    private static PricedPlan Price(IReadOnlyList<PastMeasurement> past, long? flops, Cell? cell = null) =>
        PricedPlan.Price(Plan([cell ?? TaskSample.Cell]), [Device], past, _ => flops);

    private static TaskPlan Plan(Cell[] cells, params CellRefusal[] refused) => new(new TaskRequest { Models = [Net] }, cells, refused);

    private static PastMeasurement Past(ModelSource model, Cell cell, long? flops, double nanoseconds, double start) =>
        new(model, cell, flops, nanoseconds, TimeSpan.FromSeconds(start), null);
}

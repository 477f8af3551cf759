using EdgeBench.Cluster.Coordination;
using EdgeBench.Cluster.Devices;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Runtimes;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster;

/// <summary>How a request becomes cells.</summary>
public class GridTests
{
    private static readonly DeviceSession Pc = Device("pc", "x64");
    private static readonly DeviceSession Board = Device("board", "arm64");

    private static readonly TaskRequest Request = new()
    {
        Models =
        [
            new ModelSource { Name = "a", FileName = "a.h5", File = Messages.Samples.Artifact("a") },
            new ModelSource { Name = "b", FileName = "b.h5", File = Messages.Samples.Artifact("b") },
        ],
    };

    [Fact]
    public void The_grid_is_every_combination_with_models_first_then_devices_runtimes_precisions_and_threads()
    {
        var (grid, _) = Of(Request with
        {
            Devices = [new DeviceName("pc"), new DeviceName("board")],
            Runtimes = ["tflite", "onnxruntime"],
            Precisions = ["fp32", "int8"],
            Threads = [2, 1],
        });

        Assert.Equal(Enumerable.Range(1, 32), grid!.Cells.Select(cell => cell.Id.Number));
        Assert.Equal(
            ["0 pc tflite fp32 2", "0 pc tflite fp32 1", "0 pc tflite int8 2", "0 pc tflite int8 1", "0 pc onnxruntime fp32 2"],
            grid.Cells.Take(5).Select(Text));
        Assert.Equal("0 board tflite fp32 2", Text(grid.Cells[8]));
        Assert.Equal("1 board onnxruntime int8 1", Text(grid.Cells[31]));
        Assert.Equal(["tflite", "onnx"], grid.Cells.Select(cell => cell.Format).Distinct());
    }

    [Fact]
    public void What_is_said_twice_counts_once_and_what_is_not_said_is_left_to_the_device()
    {
        var (twice, _) = Of(Request with { Runtimes = ["tflite", "tflite"], Threads = [1, 1], Precisions = ["fp32", "fp32"] });
        var (bare, _) = Of(Request with { Options = new MeasurementOptions { Runs = 7 } });

        Assert.Equal(4, twice!.Cells.Length);
        Assert.All(bare!.Cells, cell => Assert.Equal((7, null, "fp32"), (cell.Options.Runs, cell.Options.Threads, cell.Precision)));
    }

    [Fact]
    public void A_precision_that_a_format_is_not_written_in_ends_its_own_cells_only()
    {
        var (grid, _) = Of(Request with { Devices = [Pc.Name], Runtimes = ["onnxruntime"], Precisions = ["fp16", "fp32"] });

        Assert.Equal([1, 3], grid!.Refused.Select(refused => refused.Cell.Number));
        Assert.All(grid.Refused, refused =>
        {
            Assert.Equal(FailureKind.ModelRefused, refused.Failure.Kind);
            Assert.Contains("ONNX, which is written in fp32 or int8, not in fp16", refused.Failure.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Int8_without_samples_or_ranges_ends_its_own_cells_only()
    {
        var without = Request with
        {
            Devices = [Pc.Name],
            Runtimes = ["onnxruntime"],
            Precisions = ["int8"],
            Models = [.. Request.Models.Select(model => model with { Calibration = [], Ranges = null })],
        };
        var with = without with { Models = [.. without.Models.Select(model => model with { Ranges = Messages.Samples.Artifact("ranges") })] };

        Assert.Empty(Of(with).Grid!.Refused);
        Assert.All(Of(without).Grid!.Refused, refused => Assert.Contains("--calibration", refused.Failure.Message, StringComparison.Ordinal));
        Assert.Equal(without.Models.Count, Of(without).Grid!.Refused.Length);
    }

    [Fact]
    public void A_runtime_without_an_image_for_a_board_ends_the_cells_there_only()
    {
        var (grid, _) = Of(Request with { Runtimes = ["onnxruntime"] });

        Assert.Equal(["board", "board"], grid!.Refused.Select(refused => grid.Cells[refused.Cell.Number - 1].DeviceName.Value));
        Assert.All(grid.Refused, refused => Assert.Contains("--arch arm64", refused.Failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_grid_beyond_what_one_task_holds_is_refused_with_the_number_that_fits()
    {
        var (grid, refusal) = Of(Request with { Threads = [.. Enumerable.Range(1, MeasurementOptions.MaximumThreads)] });

        Assert.Null(grid);
        Assert.Equal(RefusalCode.BadRequest, refusal!.Code);
        Assert.Matches("one task holds about [1-9][0-9]+ of such cells; submit it in parts", refusal.Message);
    }

    [Theory]
    [InlineData("fp8", 1, "no precision is called 'fp8'; there are: fp32, fp16, dynamic, int8")]
    [InlineData("fp32", 0, "the threads are 1 to 1024, not 0")]
    [InlineData("fp32", 1025, "the threads are 1 to 1024, not 1025")]
    public void What_no_device_could_do_is_refused(string precision, int threads, string message)
    {
        var (grid, refusal) = Of(Request with { Precisions = ["fp32", precision], Threads = [1, threads] });

        Assert.Null(grid);
        Assert.Equal((RefusalCode.BadRequest, message), (refusal!.Code, refusal.Message));
    }

    [Fact]
    public void An_option_of_a_runtime_goes_to_the_runtimes_that_know_it()
    {
        var options = new Dictionary<string, string> { ["spinning"] = "on", ["xnnpack"] = "off" };
        var (grid, _) = Of(Request with { Devices = [Pc.Name], Options = new MeasurementOptions { RuntimeOptions = options } });

        Assert.All(grid!.Cells, cell => Assert.Equal(cell.Runtime == "tflite" ? "xnnpack" : "spinning", Assert.Single(cell.Options.RuntimeOptions).Key));
    }

    [Fact]
    public void An_option_that_no_runtime_of_the_task_knows_is_refused_with_those_there_are()
    {
        var (grid, refusal) = Of(Request with
        {
            Runtimes = ["onnxruntime"],
            Options = new MeasurementOptions { RuntimeOptions = new Dictionary<string, string> { ["xnnpack"] = "off" } },
        });

        Assert.Null(grid);
        Assert.Equal(
            (RefusalCode.BadRequest, "no runtime of the task has an option 'xnnpack'; onnxruntime has graphOptimization, spinning"),
            (refusal!.Code, refusal.Message));
    }

    private static (Grid? Grid, Refusal? Refusal) Of(TaskRequest request) =>
        Grid.Of(Messages.Samples.Task, request, [Pc, Board], new TwoRuntimes());

    private static string Text(Cell cell) => $"{cell.Model} {cell.DeviceName} {cell.Runtime} {cell.Precision} {cell.Options.Threads}";

    private static DeviceSession Device(string name, string architecture) => new()
    {
        Id = new DeviceId(Guid.NewGuid()),
        Session = Guid.NewGuid(),
        Name = new DeviceName(name),
        Description = Messages.Samples.Description with { Architecture = architecture },
        LastSeen = Messages.Samples.At,
    };

    /// <summary>Two runtimes, of which one has an image for x64 only.</summary>
    private sealed class TwoRuntimes : IRuntimes
    {
        public IReadOnlyDictionary<string, string> Formats { get; } =
            new Dictionary<string, string> { ["onnxruntime"] = "onnx", ["tflite"] = "tflite" };

        public string? WhyMissing(string runtime, string architecture) => null;

        public IReadOnlyCollection<string> OptionsOf(string runtime) => runtime == "tflite" ? ["xnnpack"] : ["graphOptimization", "spinning"];

        public RuntimeImageRef? Find(string runtime, string architecture) =>
            runtime == "tflite" || architecture == "x64"
                ? Messages.Samples.Image with { Runtime = runtime, Architecture = architecture }
                : null;

        public IReadOnlyList<RuntimeImageRef> FindAll(string architecture) =>
            [.. Formats.Keys.Select(runtime => Find(runtime, architecture)).OfType<RuntimeImageRef>()];
    }
}

using System.Text;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.EdgeNode;

public sealed class RunnerOutputTests
{
    private const string Started = """{"type":"started","contract":1,"runtime":{"name":"r","version":"1"}}""";
    private const string Loaded = """{"type":"loaded","nanoseconds":5,"inputs":[],"outputs":[],"threads":1,"options":{}}""";
    private const string FirstRun = """{"type":"firstRun","nanoseconds":9}""";
    private const string WarmedUp = """{"type":"warmedUp","runs":1,"nanoseconds":8}""";
    private const string Samples = """{"type":"samples","nanoseconds":[7,8]}""";
    private const string Completed = """{"type":"completed","outputsSha256":"9def73f51af8393258f00ff3512a5d4fd4b71690325b8f16a244e618ae81c7a6"}""";

    private const long Elapsed = 1_000_000_000;

    private readonly List<RunnerLine> _said = [];
    private readonly RunnerOutput _output;

    public RunnerOutputTests() => _output = new RunnerOutput(
        new Job { Contract = 1, Mode = JobMode.Measure, Model = "m", Threads = 1, Timed = new TimedPlan { Runs = 2 } }, 1 << 20, _said.Add, () => Elapsed);

    [Fact]
    public void Lines_are_put_together_from_any_pieces()
    {
        foreach (var piece in Encoding.UTF8.GetBytes($"{Started}\r\n\n{Loaded}\n{FirstRun}\n{WarmedUp}\n{Samples}\n{Completed}"))
        {
            Assert.True(_output.AcceptLines([piece]));
        }

        Assert.Null(_output.Conclude(new RunnerExit(0, OutOfMemory: false)));
        Assert.Equal(
            [
                typeof(StartedLine), typeof(LoadedLine), typeof(FirstRunLine), typeof(WarmedUpLine), typeof(SamplesLine),
                typeof(CompletedLine),
            ],
            _said.Select(line => line.GetType()));
    }

    [Fact]
    public void A_line_of_a_later_contract_is_passed_over()
    {
        Accept(Started, """{"type":"gpuClock","hertz":5}""", Loaded, FirstRun, WarmedUp, Samples, Completed);

        Assert.Null(_output.Conclude(new RunnerExit(0, OutOfMemory: false)));
    }

    [Theory]
    [InlineData("began with LoadedLine", Loaded)]
    [InlineData("StartedLine after StartedLine", Started, Started)]
    [InlineData("LoadedLine after SamplesLine", Started, Loaded, Samples, Loaded)]
    [InlineData("after CompletedLine, which is to be the last", Started, Loaded, FirstRun, WarmedUp, Samples, Completed, Samples)]
    [InlineData("not that it loaded the model", Started, Completed)]
    [InlineData("which is none", Started, Loaded, FirstRun, WarmedUp, Samples, """{"type":"completed","outputsSha256":"00"}""")]
    [InlineData("wrote no FirstRunLine", Started, Loaded, WarmedUp, Samples, Completed)]
    [InlineData("wrote no WarmedUpLine", Started, Loaded, FirstRun, Samples, Completed)]
    [InlineData("2 that it was asked for", Started, Loaded, FirstRun, WarmedUp, Completed)]
    [InlineData("a latency that is not above 0", Started, Loaded, """{"type":"samples","nanoseconds":[7,-8]}""")]
    [InlineData("told of 1.2 s of work within 1.0 s", Started, Loaded, FirstRun, """{"type":"warmedUp","runs":1,"nanoseconds":1200000000}""")]
    [InlineData("a duration or number", Started, """{"type":"loaded","nanoseconds":-1,"inputs":[],"outputs":[],"threads":1,"options":{}}""")]
    [InlineData("none of the contract", Started, "Segmentation fault")]
    [InlineData("none of the contract", Started, """{"type":"loaded"}""")]
    [InlineData("none of the contract", Started, "[]")]
    public void What_breaks_the_contract_ends_the_run(string message, params string[] lines)
    {
        Assert.False(Accept(lines));

        Assert.Equal(InferenceFailureKind.ContractBroken, _output.Violation?.Kind);
        Assert.Contains(message, _output.Violation!.Message, StringComparison.Ordinal);
        Assert.Equal(_output.Violation.Kind, _output.Conclude(new RunnerExit(0, OutOfMemory: false))?.Kind);
    }

    [Theory]
    [InlineData(137, true, InferenceFailureKind.OutOfMemory)]
    [InlineData(137, false, InferenceFailureKind.Lost)]
    [InlineData(139, false, InferenceFailureKind.EndedEarly)]
    [InlineData(0, false, InferenceFailureKind.EndedEarly)]
    public void An_end_in_the_middle_is_told_by_how_it_came(int code, bool outOfMemory, InferenceFailureKind kind)
    {
        Accept(Started);

        Assert.Equal(kind, _output.Conclude(new RunnerExit(code, outOfMemory))?.Kind);
    }

    [Theory]
    [InlineData("jobNotValid", InferenceFailureKind.JobNotValid)]
    [InlineData("modelNotLoaded", InferenceFailureKind.ModelNotLoaded)]
    [InlineData("runFailed", InferenceFailureKind.RunFailed)]
    [InlineData("runtimeNotUsable", InferenceFailureKind.RuntimeNotUsable)]
    public void What_the_runner_says_of_its_failure_is_believed(string code, InferenceFailureKind kind)
    {
        Accept($$"""{"type":"failed","code":"{{code}}","message":"because"}""");

        Assert.Equal(new InferenceFailure(kind, "because"), _output.Conclude(new RunnerExit(3, OutOfMemory: false)));
    }

    [Fact]
    public void A_runner_that_completed_and_then_fails_has_not_done_what_it_was_asked_to()
    {
        Accept(Started, Loaded, FirstRun, WarmedUp, Samples, Completed);

        Assert.Equal(InferenceFailureKind.ContractBroken, _output.Conclude(new RunnerExit(1, OutOfMemory: false))?.Kind);
    }

    [Fact]
    public void Of_standard_error_the_end_is_kept()
    {
        for (var number = 0; number < 2000; number++)
        {
            Assert.True(_output.AcceptErrors(Encoding.UTF8.GetBytes($"line {number}\n")));
        }

        Assert.EndsWith("line 1998\nline 1999", _output.LastOutput, StringComparison.Ordinal);
        Assert.InRange(_output.LastOutput!.Length, 4000, 4096);
    }

    [Fact]
    public void Both_outputs_together_may_not_pass_the_limit()
    {
        Assert.True(_output.AcceptErrors(new byte[1 << 19]));
        Assert.True(_output.AcceptErrors(new byte[1 << 19]));
        Assert.False(_output.AcceptLines("\n"u8));
        Assert.Equal(InferenceFailureKind.OutputLimit, _output.Violation?.Kind);
    }

    private bool Accept(params string[] lines) => _output.AcceptLines(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
}

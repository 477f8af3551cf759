using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.EdgeNode;

public sealed class ResultSpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-test-").FullName;
    private readonly Guid _server = Guid.NewGuid();
    private readonly ResultSpool _spool;

    public ResultSpoolTests() => _spool = new ResultSpool(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_result_comes_back_as_it_was()
    {
        var result = Result("t1/c1/1");

        _spool.Write(_server, result);

        Assert.Equivalent(result, _spool.Read(_server, "t1/c1/1"), strict: true);
    }

    [Fact]
    public void Results_are_listed_under_their_server_until_they_are_removed()
    {
        _spool.Write(_server, Result("t1/c1/1"));
        _spool.Write(_server, Result("t1/c1/2"));
        _spool.Write(Guid.NewGuid(), Result("t9/c9/9"));

        Assert.Equal(["t1/c1/1", "t1/c1/2"], _spool.List(_server));
        _spool.Remove(_server, "t1/c1/1");
        _spool.Remove(_server, "t1/c1/1");
        _spool.Remove(Guid.NewGuid(), "t1/c1/2");

        Assert.Equal(["t1/c1/2"], _spool.List(_server));
        Assert.Empty(_spool.List(Guid.NewGuid()));
        Assert.Null(_spool.Read(_server, "t1/c1/1"));
    }

    [Fact]
    public void An_attempts_id_never_leads_out_of_the_folder()
    {
        _spool.Write(_server, Result("../../escape"));

        Assert.Equal(["../../escape"], _spool.List(_server));
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_set_aside_and_not_lost()
    {
        _spool.Write(_server, Result("t1/c1/1"));
        var file = Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder, _server.ToString("d"))));
        File.WriteAllText(file, "{");

        Assert.Null(_spool.Read(_server, "t1/c1/1"));

        Assert.Empty(_spool.List(_server));
        Assert.Equal("{", File.ReadAllText(file + ".unreadable"));
    }

    [Fact]
    public void A_result_of_another_version_is_set_aside_as_one_that_cannot_be_read()
    {
        _spool.Write(_server, Result("t1/c1/1"));
        var file = Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder, _server.ToString("d"))));
        File.WriteAllText(
            file,
            """{"attempt":"t1/c1/1","isolation":"process","image":[],"queueNanoseconds":5,"starts":[{"samples":[4,5],"outputsSha256":"00"}]}""");

        Assert.Null(_spool.Read(_server, "t1/c1/1"));
        Assert.Empty(_spool.List(_server));
    }

    [Fact]
    public void What_was_written_in_part_does_not_count()
    {
        Directory.CreateDirectory(Path.Combine(_folder, _server.ToString("d")));
        File.WriteAllText(Path.Combine(_folder, _server.ToString("d"), "t1%2Fc1%2F1.json.partial"), "{");

        Assert.Empty(_spool.List(_server));
        Assert.Null(_spool.Read(_server, "t1/c1/1"));
    }

    private static MeasurementResult Result(string attempt) => new()
    {
        Attempt = attempt,
        Isolation = Isolation.Container,
        Image = ["sha256:00"],
        Limits = new InferenceLimits { MemoryBytes = 1 << 30, Cpus = CpuSet.Of([1, 2, 3]) },
        Engine = new EngineFacts("docker", "20.10", "1.41", null, ["no swap limit"]),
        Failure = new InferenceFailure(InferenceFailureKind.TimedOut, "too long", "last words"),
        Runtime = new RuntimeIdentity("onnxruntime", "1.31.1"),
        Inputs = [new TensorDescription("x", ElementType.Float32, [1, 2])],
        Threads = 3,
        Options = new Dictionary<string, string> { ["spinning"] = "on" },
        QueueNanoseconds = 5,
        Stop = StopReason.AskedReached,
        Memory = new MemoryRecord(1 << 20, 1 << 19),
        Asked = new MeasurementOptions { RuntimeOptions = new Dictionary<string, string> { ["spinning"] = "on" } },
        Model = new MeasuredModel { Sha256 = "00", Format = "onnx", Precision = "fp32" },
        Libraries = new Dictionary<string, string> { ["libonnxruntime.so"] = "00" },
        Facts = [new NamedFact("cpu.governor", null, "it has no cpufreq")],
        Changed = [new FingerprintDifference("cpu.governor", "performance", null)],
        Host = "00",
        Peak = new ArithmeticPeak(1e9, "measured"),
        ImageNanoseconds = 6,
        Starts =
        [
            new MeasuredStart { CreateNanoseconds = 1, StartNanoseconds = 2, FirstRunNanoseconds = 4,
                WarmUpRuns = 5,
                WarmUpNanoseconds = 6,
                LoadNanoseconds = 3, Samples = [4, 5], OutputsSha256 = "00" },
        ],
        BegunAt = DateTimeOffset.UnixEpoch,
        EndedAt = DateTimeOffset.UnixEpoch.AddSeconds(1.5),
    };
}

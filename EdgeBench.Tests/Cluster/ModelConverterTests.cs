using System.Collections.Concurrent;
using Akka.Actor;
using EdgeBench.Cluster.Conversion;
using EdgeBench.Messages.Nodes;
using EdgeBench.Messages.Tasks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeBench.Tests.Cluster;

public sealed class ModelConverterTests : Akka.TestKit.Xunit.TestKit
{
    private readonly FakeTimeProvider _time = new();
    private readonly Gate _gate = new();

    public ModelConverterTests()
        : base(NodeSystem.Create(new NodeOptions { Kind = NodeKind.Server }, NullLoggerFactory.Instance))
    {
    }

    [Fact]
    public async Task What_two_tasks_want_is_made_once()
    {
        var converter = Converter();
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        converter.Tell(new ConvertModel(Source("one"), "onnx", 0), first);
        converter.Tell(new ConvertModel(Source("one"), "onnx", 3), second);
        var job = await _gate.NextAsync();

        job.Open();

        Assert.Equal(0, (await AnswerAsync(first)).Model);
        Assert.Equal(3, (await AnswerAsync(second)).Model);
        Assert.Equal(1, _gate.Begun);
    }

    [Fact]
    public async Task No_more_run_at_once_than_there_are_workers()
    {
        var converter = Converter();
        for (var model = 0; model < 4; model++)
        {
            converter.Tell(new ConvertModel(Source($"m{model}"), "onnx", model), TestActor);
        }

        var first = await _gate.NextAsync();
        var second = await _gate.NextAsync();
        await Task.Yield();
        Assert.Equal(2, _gate.Begun);
        first.Open();
        var third = await _gate.NextAsync();
        second.Open();
        third.Open();
        (await _gate.NextAsync()).Open();

        var answers = new List<int>();
        for (var model = 0; model < 4; model++)
        {
            answers.Add((await AnswerAsync(this)).Model);
        }

        Assert.Equal([0, 1, 2, 3], answers.Order());
        Assert.Equal(2, _gate.Most);
    }

    [Fact]
    public async Task What_nobody_wants_any_more_is_ended_and_the_next_one_begins()
    {
        var converter = Converter(workers: 1);
        var gone = CreateTestProbe();
        converter.Tell(new ConvertModel(Source("unwanted"), "onnx", 0), gone);
        var unwanted = await _gate.NextAsync();
        converter.Tell(new ConvertModel(Source("wanted"), "onnx", 1), TestActor);

        converter.Tell(ForgetConversions.Instance, gone);
        var wanted = await _gate.NextAsync();
        wanted.Open();

        Assert.True(unwanted.WasCancelled);
        Assert.Equal(1, (await AnswerAsync(this)).Model);
        await gone.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_takes_too_long_is_ended_and_refused()
    {
        var converter = Converter();
        converter.Tell(new ConvertModel(Source("endless"), "onnx", 0), TestActor);
        await _gate.NextAsync();

        _time.Advance(TimeSpan.FromMinutes(15));

        Assert.Equal("endless.h5 could not be converted within 15 minutes", (await AnswerAsync(this)).Outcome.Failure!.Message);
    }

    [Fact]
    public async Task A_reader_that_falls_over_a_file_is_told_and_the_worker_lives_on()
    {
        var converter = Converter(workers: 1);
        converter.Tell(new ConvertModel(Source("fall"), "onnx", 0), TestActor);
        (await _gate.NextAsync()).Open();
        Assert.Contains(
            "fall.h5 could not be converted: index out of range",
            (await AnswerAsync(this)).Outcome.Failure!.Message,
            StringComparison.Ordinal);

        converter.Tell(new ConvertModel(Source("good"), "onnx", 1), TestActor);
        (await _gate.NextAsync()).Open();
        Assert.NotNull((await AnswerAsync(this)).Outcome.Converted);
    }

    [Fact]
    public void A_conversion_is_known_by_all_that_it_depends_on()
    {
        var source = Messages.Samples.Request.Models[0];
        ModelSource[] others =
        [
            source with { File = Messages.Samples.Artifact("other") },
            source with { Weights = null },
            source with { SyntheticSeed = 8 },
            source with { InputShapes = new Dictionary<string, IReadOnlyList<int>> { ["image"] = [96, 96, 3] } },
        ];

        var keys = others.Append(source).Select(other => ConversionKey.Of(other, "onnx", "1"))
            .Append(ConversionKey.Of(source, "tflite", "1")).Append(ConversionKey.Of(source, "onnx", "2"))
            .Append(ConversionKey.Of(source, "onnx", "1", "fp16")).Append(ConversionKey.Of(source, "onnx", "1", "int8"))
            .Append(ConversionKey.Of(source with { Calibration = [] }, "onnx", "1", "int8"))
            .Append(ConversionKey.Of(source with { Ranges = null }, "onnx", "1", "int8")).ToList();

        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.Equal(ConversionKey.Of(source, "onnx", "1"), ConversionKey.Of(source with { Name = "another name" }, "onnx", "1"));
        Assert.Equal(ConversionKey.Of(source, "onnx", "1"), ConversionKey.Of(source with { Calibration = [], Ranges = null }, "onnx", "1"));
    }

    private static ValueTask<ModelAnswer> AnswerAsync(Akka.TestKit.TestKitBase probe) =>
        probe.ExpectMsgAsync<ModelAnswer>(cancellationToken: TestContext.Current.CancellationToken);

    private static ModelSource Source(string name) =>
        new() { Name = name, FileName = $"{name}.h5", File = Messages.Samples.Artifact(name) };

    private IActorRef Converter(int workers = 2) => Sys.ActorOf(ModelConverter.Props(new ConversionSettings
    {
        Conversion = _gate,
        ConverterVersion = "1",
        Workers = workers,
        Time = _time,
    }));

    /// <summary>Conversions that wait until the test lets them go on.</summary>
    private sealed class Gate : IModelConversion
    {
        private readonly BlockingCollection<Job> _jobs = [];
        private int _begun;
        private int _running;

        public int Begun => _begun;

        public int Most { get; private set; }

        public Task<Job> NextAsync() => Task.Run(() => _jobs.Take(TestContext.Current.CancellationToken));

        public ConversionOutcome Convert(ModelSource source, string format, string precision, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _begun);
            Most = Math.Max(Most, Interlocked.Increment(ref _running));
            var job = new Job(cancellationToken);
            _jobs.Add(job, CancellationToken.None);
            try
            {
                job.Wait();
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }

            return source.Name == "fall"
                ? throw new InvalidOperationException("index out of range")
                : new ConversionOutcome(Messages.Samples.Converted, null);
        }
    }

    private sealed class Job(CancellationToken cancellationToken)
    {
        private readonly TaskCompletionSource _open = new();

        public bool WasCancelled => cancellationToken.IsCancellationRequested;

        public void Open() => _open.SetResult();

        public void Wait() => _open.Task.Wait(cancellationToken);
    }
}

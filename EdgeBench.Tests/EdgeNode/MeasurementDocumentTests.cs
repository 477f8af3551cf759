using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.RunnerContract;

namespace EdgeBench.Tests.EdgeNode;

public sealed class MeasurementDocumentTests
{
    [Fact]
    public void Every_fact_of_what_was_run_is_described()
    {
        var document = File.ReadAllText(Repository.PathOf("docs", "measurement.md"));
        var fingerprint = MeasurementFingerprint.Of(new MeasurementResult
        {
            Attempt = "task/cell/1",
            Isolation = Isolation.Container,
            Image = ["sha256:00"],
            Limits = new InferenceLimits { MemoryBytes = 1 << 30, Cpus = CpuSet.Of([0]) },
            Runtime = new RuntimeIdentity("onnxruntime", "1"),
            Threads = 1,
            Options = new Dictionary<string, string> { ["NAME"] = "on" },
            QueueNanoseconds = 0,
            Starts = [],
            Asked = new MeasurementOptions { Inputs = [new InputSource("NAME", Messages.Samples.Artifact("input"))] },
            Model = new MeasuredModel { Sha256 = "00", Format = "onnx", Precision = "fp32" },
            Libraries = new Dictionary<string, string> { ["FILE"] = "00" },
            Facts = [],
            BegunAt = default,
            EndedAt = default,
        });

        var undescribed = fingerprint!.Facts.Where(fact => !document.Contains($"`{fact.Name}`", StringComparison.Ordinal));
        Assert.Empty(undescribed);
        Assert.All(fingerprint.Facts, fact => Assert.True(fact.Value is null != fact.Missing is null, fact.Name));
    }
}

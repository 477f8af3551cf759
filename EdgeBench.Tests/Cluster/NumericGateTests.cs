using System.Runtime.InteropServices;
using EdgeBench.Cluster.Checking;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Tasks;
using EdgeBench.Models;
using EdgeBench.Tests.Models;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.Cluster;

/// <summary>The gate with the real runtimes.</summary>
public sealed class NumericGateTests(BuiltImages images) : IDisposable
{
    private static readonly string Sample = Repository.PathOf("samples", "digits_k3.keras");

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-gate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("samples/digits_k3.keras")]
    [InlineData("zoo/mobilenet_v2.json")]
    public async Task The_files_of_a_model_agree_in_their_runtimes(string model)
    {
        var check = await CheckAsync(Write(Repository.PathOf(model)));

        Assert.Equal(CheckOutcome.Passed, check.Outcome);
        Assert.InRange(check.Difference!.Value, 0, NumericGate.Tolerance);
        Assert.Equal(["onnxruntime 1.31.1", "tflite 2.9.0"], check.Runtimes);
        Assert.True(check.Nanoseconds > 0);
        Assert.Null(check.Reason);
    }

    [Fact]
    public async Task A_file_with_one_wrong_weight_is_found()
    {
        var written = Write(Sample);
        var bytes = File.ReadAllBytes(written.Files["tflite"]);
        var weights = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(0, bytes.Length / 4 * 4));
        // Far behind the tables, where nothing but weights is.
        var at = weights.Length * 3 / 4;
        weights[at] += 1;
        File.WriteAllBytes(written.Files["tflite"], bytes);

        var failure = await Assert.ThrowsAsync<CheckFailedException>(() => CheckAsync(written));

        const string Told = "the outputs of tflite 2.9.0 differ from those of onnxruntime 1.31.1 by";
        Assert.Contains(Told, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_its_runtime_does_not_load_is_found()
    {
        var written = Write(Sample);
        File.WriteAllBytes(written.Files["tflite"], File.ReadAllBytes(written.Files["tflite"])[..2000]);

        var failure = await Assert.ThrowsAsync<CheckFailedException>(() => CheckAsync(written));

        Assert.Contains("does not run in tflite", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_users_own_outputs_are_compared_in_both_runtimes()
    {
        var (inputs, shape, expected) = Digits();
        WriteNpy("input.npy", shape, inputs);
        WriteNpy("expected.npy", [3, 10], expected);

        var check = await CheckAsync(Write(Repository.Shared("fixtures", "digits", "digits_k3.keras")), CheckData.Read(_folder));

        Assert.Equal(CheckOutcome.Passed, check.Outcome);
        Assert.InRange(check.ExpectedDifference!.Value, 0, NumericGate.Tolerance);
        Assert.InRange(check.Difference!.Value, 0, NumericGate.Tolerance);
    }

    [Fact]
    public async Task Outputs_that_are_not_the_expected_ones_fail_also_where_one_runtime_is_all_there_is()
    {
        var (inputs, shape, expected) = Digits();
        expected[7] += 0.01f;
        WriteNpy("input.npy", shape, inputs);
        WriteNpy("expected.npy", [3, 10], expected);
        var written = Write(Repository.Shared("fixtures", "digits", "digits_k3.keras"));
        var only = written with { Missing = new Dictionary<string, string> { ["tflite"] = "it cannot be expressed" } };

        foreach (var files in new[] { written, only })
        {
            var failure = await Assert.ThrowsAsync<CheckFailedException>(() => CheckAsync(files, CheckData.Read(_folder)));
            Assert.Contains("differ from the expected ones by", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_model_that_one_format_cannot_express_is_unchecked_and_says_why()
    {
        var written = Write(Sample) with { Missing = new Dictionary<string, string> { ["tflite"] = "layer 'x' has no such operator" } };

        var check = await CheckAsync(written);

        Assert.Equal(CheckOutcome.Unchecked, check.Outcome);
        Assert.Equal("layer 'x' has no such operator", check.Reason);
        Assert.Null(check.Difference);
    }

    [Fact]
    public async Task Without_the_image_of_a_runtime_a_model_is_unchecked_and_the_line_that_builds_it_is_named()
    {
        var gate = new NumericGate(new RuntimeCatalog(_folder));

        var check = await gate.CheckAsync(Write(Sample), null, TestContext.Current.CancellationToken);

        Assert.Equal(CheckOutcome.Unchecked, check.Outcome);
        Assert.Contains("edgebench runtime build onnxruntime", check.Reason, StringComparison.Ordinal);
        Assert.Contains("edgebench runtime build tflite", check.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_another_precision_is_compared_with_fp32_and_does_not_fail()
    {
        var options = new ModelWriteOptions { Precision = ModelPrecision.Float16 };
        var written = WrittenModel.Write(
            Model.Read(Sample, cancellationToken: TestContext.Current.CancellationToken), ["tflite"], options, _folder, withCounterpart: true, TestContext.Current.CancellationToken);

        var check = await CheckAsync(written);

        Assert.Equal(CheckOutcome.Passed, check.Outcome);
        Assert.InRange(check.Difference!.Value, NumericGate.Tolerance, 0.01);
        Assert.Null(check.Tolerance);
        Assert.Equal(["onnxruntime 1.31.1", "tflite 2.9.0"], check.Runtimes);
    }

    public static TheoryData<int[], int[], string> ArraysThatDoNotFit => new()
    {
        { [3, 9, 8, 1], [3, 10], "the model takes" },
        { [100, 8, 8, 1], [100, 10], "at most 64" },
    };

    [Theory]
    [MemberData(nameof(ArraysThatDoNotFit))]
    public async Task Inputs_that_do_not_fit_the_model_are_told(int[] input, int[] expected, string named)
    {
        WriteNpy("input.npy", input, new float[input.Aggregate((product, size) => product * size)]);
        WriteNpy("expected.npy", expected, new float[expected.Aggregate((product, size) => product * size)]);

        var problem = await Assert.ThrowsAsync<CheckDataException>(() => CheckAsync(Write(Sample), CheckData.Read(_folder)));

        Assert.Contains(named, problem.Message, StringComparison.Ordinal);
    }

    private async Task<ModelCheck> CheckAsync(WrittenModel written, CheckData? data = null)
    {
        await images.OnnxRuntimeAsync();
        await images.TfliteAsync();
        return await new NumericGate(images.Catalog).CheckAsync(written, data, TestContext.Current.CancellationToken);
    }

    private WrittenModel Write(string model) => WrittenModel.Write(
        Model.Read(model), ["onnx"], new ModelWriteOptions(), _folder, withCounterpart: true, TestContext.Current.CancellationToken);

    /// <summary>Three inputs of the trained sample, and what it computes by the first emitter in this process.</summary>
    private static (float[] Inputs, int[] Shape, float[] Outputs) Digits()
    {
        int[] shape = [3, 8, 8, 1];
        var inputs = Enumerable.Range(0, 3 * 64).Select(index => index * 37 % 17 / 16f).ToArray();
        var model = Model.Read(Repository.Shared("fixtures", "digits", "digits_k3.keras"));
        using var session = new OnnxSession(WrittenFiles.Onnx(model));
        return (inputs, shape, session.Run((shape, inputs))[0]);
    }

    private void WriteNpy(string name, int[] shape, float[] values) => File.WriteAllBytes(
        Path.Combine(_folder, name), NpyArrayTests.Npy("<f4", shape, MemoryMarshal.AsBytes(values.AsSpan())));
}

using EdgeBench.Models;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Tests.Models.Quantization;

public sealed class TensorRangesTests : IDisposable
{
    private static readonly Model Sample = Model.Read(Repository.PathOf("samples", "digits_k3.keras"));

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_same_file_of_ranges_gives_the_same_bytes()
    {
        var measured = Calibrating.Onnx(Sample, Calibrating.Samples(Sample, Values(4)));
        var file = _scratch.File("ranges.json");
        measured.Write(file);
        var read = TensorRanges.Read(file);
        var again = _scratch.File("again.json");
        read.Write(again);

        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(again));
        Assert.Equal(Int8(measured), Int8(read));
    }

    [Theory]
    [InlineData(-1, 6)]
    [InlineData(-0.3, 2.71828)]
    [InlineData(0, 1e-30)]
    public void What_processors_compute_differently_in_the_last_bits_is_measured_as_the_same(float minimum, float maximum)
    {
        var (one, other) = (Measured(minimum, maximum), Measured(minimum * (1 - 1e-6f), maximum * (1 - 1e-6f)));

        Assert.Equal(one, other);
        Assert.InRange(one.Minimum, minimum * (1 + (1 / 32f)), minimum);
        Assert.InRange(one.Maximum, maximum, maximum * (1 + (1 / 32f)));
    }

    [Fact]
    public void A_range_of_the_greatest_floats_stays_finite() =>
        Assert.Equal(new TensorRange(float.MinValue, float.MaxValue), Measured(float.MinValue, float.MaxValue));

    [Fact]
    public void Int8_without_ranges_is_refused_and_says_what_to_give()
    {
        var options = new ModelWriteOptions { Precision = ModelPrecision.Int8 };
        foreach (var write in new Func<byte[]>[] { () => WrittenFiles.Onnx(Sample, options), () => WrittenFiles.Tflite(Sample, options) })
        {
            var refusal = Assert.Throws<ModelNotAcceptedException>(write);
            Assert.Contains("--calibration", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ranges_of_another_model_are_refused_and_name_a_tensor()
    {
        var others = new TensorRanges();
        others.Add(new RangeProbe("onnx", ["elsewhere"]), [-1], [1]);

        var refusal = Assert.Throws<ModelNotAcceptedException>(() => Int8(others));

        Assert.Contains("do not have the tensor", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"onnx\":null}")]
    [InlineData("{\"onnx\":{\"x\":[1]}}")]
    [InlineData("{\"onnx\":{\"x\":null}}")]
    [InlineData("{\"onnx\":{\"x\":[-1,1e99]}}")]
    public void What_is_no_file_of_ranges_is_told(string text)
    {
        var file = _scratch.File("ranges.json");
        File.WriteAllText(file, text);

        var problem = Assert.Throws<RangesException>(() => TensorRanges.Read(file));

        Assert.Contains("--calibration", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_not_finite_names_its_tensor()
    {
        var problem = Assert.Throws<RangesException>(
            () => new TensorRanges().Add(new RangeProbe("onnx", ["dense/product"]), [0], [float.PositiveInfinity]));

        Assert.Contains("dense/product", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelPrecision.Float16)]
    [InlineData(ModelPrecision.DynamicRange)]
    public void Onnx_is_refused_in_precisions_that_it_is_not_written_in(ModelPrecision precision)
    {
        var refusal = Assert.Throws<ModelNotAcceptedException>(
            () => WrittenFiles.Onnx(Sample, new ModelWriteOptions { Precision = precision }));

        Assert.Contains($"not written as ONNX in {precision.Name()}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_file_keeps_its_numbers()
    {
        var file = _scratch.File("finished.tflite");
        File.WriteAllBytes(file, WrittenFiles.Tflite(Sample));

        var refusal = Assert.Throws<ModelNotAcceptedException>(() => WrittenFiles.Tflite(
            Model.Read(file, cancellationToken: TestContext.Current.CancellationToken),
            new ModelWriteOptions { Precision = ModelPrecision.Float16 }));

        Assert.Contains("finished file", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_of_precisions_are_those_of_a_task()
    {
        Assert.Equal(EdgeBench.Messages.Tasks.Precision.All, ModelPrecisions.Names);
    }

    private static byte[] Int8(TensorRanges ranges) =>
        WrittenFiles.Onnx(Sample, new ModelWriteOptions { Precision = ModelPrecision.Int8, Ranges = ranges });

    private static float[] Values(int samples)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, samples * 64).Select(_ => random.NextSingle())];
    }

    private static TensorRange Measured(float minimum, float maximum)
    {
        var ranges = new TensorRanges();
        ranges.Add(new RangeProbe("onnx", ["x"]), [minimum], [maximum]);
        return ranges.Find("onnx", "x")!.Value;
    }
}

using System.Runtime.InteropServices;
using EdgeBench.Models;

namespace EdgeBench.Tests.Models.Quantization;

/// <summary>A network that was really trained, over images that it has not seen, in every precision.</summary>
public sealed class DigitsPrecisionTests(ITestOutputHelper output)
{
    private const int Classes = 10;

    [Theory]
    [InlineData("digits_k2.h5", ModelPrecision.Float32)]
    [InlineData("digits_k2.h5", ModelPrecision.Float16)]
    [InlineData("digits_k2.h5", ModelPrecision.DynamicRange)]
    [InlineData("digits_k2.h5", ModelPrecision.Int8)]
    [InlineData("digits_k3.keras", ModelPrecision.Float32)]
    [InlineData("digits_k3.keras", ModelPrecision.Float16)]
    [InlineData("digits_k3.keras", ModelPrecision.DynamicRange)]
    [InlineData("digits_k3.keras", ModelPrecision.Int8)]
    public void As_many_images_are_right_as_in_tensorflows_own_file(string file, ModelPrecision precision)
    {
        var model = Model.Read(Shared(file), cancellationToken: TestContext.Current.CancellationToken);
        var images = Calibrating.Samples(model, SharedData.Floats(Shared("test.images.f32")));
        var samples = Calibrating.Samples(model, SharedData.Floats(Shared("calibration.images.f32")));
        var expected = SharedData.Json(Shared("tensorflow.json"));
        var least = precision == ModelPrecision.Int8
            ? expected.GetProperty("int8").GetProperty("correct").GetInt32() - 2
            : expected.GetProperty("keras_correct").GetInt32() - (0.003 * images.Shape[0]);
        foreach (var (runtime, outputs) in PrecisionRuns.Of(model, precision, [samples], [images]))
        {
            var right = Right(outputs[0]);
            output.WriteLine($"{file} {precision.Name()} in {runtime}: {right} of {images.Shape[0]}");
            Assert.True(right >= least, $"{runtime}: {right} images are right, at least {least} must be");
        }
    }

    private static int Right(float[] outputs)
    {
        var labels = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(Shared("test.labels.i32"))).ToArray();
        return outputs.Chunk(Classes).Zip(labels, (scores, label) => Array.IndexOf(scores, scores.Max()) == label).Count(right => right);
    }

    private static string Shared(string file) => Repository.Shared("fixtures", "digits", file);
}

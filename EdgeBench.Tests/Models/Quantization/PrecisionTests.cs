using EdgeBench.Models;

namespace EdgeBench.Tests.Models.Quantization;

/// <summary>Files in other precisions than fp32, beside Keras and beside what TensorFlow's own converter reaches.</summary>
public sealed class PrecisionTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(ModelPrecision.Float16)]
    [InlineData(ModelPrecision.DynamicRange)]
    [InlineData(ModelPrecision.Int8)]
    public void Every_network_is_as_near_to_keras_as_tensorflows_own_file(ModelPrecision precision) => Compare(
        precision,
        ModelCase.Of(Repository.Shared("fixtures", "precisions")).Where(entry => entry.Precision == precision)
            .Select(entry => (entry, entry.Tolerance)));

    [Theory]
    [InlineData(ModelPrecision.Float16)]
    [InlineData(ModelPrecision.DynamicRange)]
    [InlineData(ModelPrecision.Int8)]
    public void Faults_of_other_converters_are_not_made(ModelPrecision precision) => Compare(
        precision,
        Directory.GetFiles(Repository.Shared("fixtures", "reports"), "manifest*.json")
            .SelectMany(manifest => ModelCase.Of(Repository.Shared("fixtures", "reports"), Path.GetFileName(manifest)))
            .Where(entry => entry.Precisions.Contains(precision)).Select(entry => (entry, entry.ToleranceIn(precision))));

    /// <summary>The weights of these are random, which makes them chaotic in int8: that ranges are rounded makes them the same
    /// everywhere.</summary>
    [Theory]
    [InlineData("mobilenet_v1")]
    [InlineData("mobilenet_v2")]
    [InlineData("efficientnet_b0")]
    [InlineData("resnet50")]
    [InlineData("densenet201")]
    public void The_five_models_are_as_near_to_keras_as_tensorflows_own_files(string name)
    {
        Assert.SkipUnless(TfliteLibrary.WhyNot is null, "left out: TensorFlow Lite is not here");
        var entry = ModelCase.Of(Repository.Shared("fixtures", "models"), "manifest.json", $"{name}.h5");
        var model = entry.Read();
        var samples = Calibrating.Samples(
            model, SharedData.Floats(Repository.Shared("fixtures", "reference", $"calibration_{name}.raw.gz")));
        foreach (var (precision, key, less) in new[]
        {
            (ModelPrecision.Float16, "tflite_fp16", 0.01), (ModelPrecision.DynamicRange, "tflite_dynamic", 0.04),
            (ModelPrecision.Int8, "tflite_int8", 0.01),
        })
        {
            var options = new ModelWriteOptions
            {
                Precision = precision,
                Ranges = precision == ModelPrecision.Int8 ? Calibrating.Tflite(model, samples) : null,
            };
            var theirs = SharedData.Json(Repository.Shared("fixtures", "reference", "reference.json"))
                .GetProperty("models").GetProperty(name).GetProperty(key).GetProperty("cosine").GetDouble();
            foreach (var (runtime, outputs) in WrittenFiles.RunTflite(WrittenFiles.Tflite(model, options), entry.Inputs))
            {
                var ours = Cosine(entry.Outputs[0], outputs[0]);
                output.WriteLine($"{name} {precision.Name()} in {runtime}: cosine {ours:F4}, TensorFlow's {theirs:F4}");
                Assert.InRange(ours, theirs - less, 1.000001);
            }
        }
    }

    private void Compare(ModelPrecision precision, IEnumerable<(ModelCase Case, double Tolerance)> entries)
    {
        var (run, failures) = (0, new List<string>());
        foreach (var (entry, tolerance) in entries)
        {
            var samples = precision == ModelPrecision.Int8 ? entry.Calibration : [];
            foreach (var (runtime, outputs) in PrecisionRuns.Of(entry.Read(), precision, samples, entry.Inputs))
            {
                var difference = WrittenFiles.Difference(entry.Outputs, outputs);
                var line = $"{entry.Name} {precision.Name()} in {runtime}: {difference:E2}, {tolerance:E2} is allowed";
                output.WriteLine(line);
                run++;
                if (!(difference <= tolerance))
                {
                    failures.Add(line);
                }
            }
        }

        Assert.Empty(failures);
        Assert.True(run > 0 || TfliteLibrary.WhyNot is not null, "nothing was run");
    }

    private static double Cosine(float[] first, float[] second)
    {
        return Product(first, second) / Math.Sqrt(Product(first, first) * Product(second, second));

        static double Product(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
    }
}

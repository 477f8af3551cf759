using EdgeBench.Models;

namespace EdgeBench.Tests.Models.Quantization;

/// <summary>Every layer in every precision: files that run, and compute what Keras computes as nearly as 8 bits can.</summary>
public sealed class LayerPrecisionTests(ITestOutputHelper output)
{
    /// <summary>Tiny networks of random weights: 8 bits are a few hundredths off, a wrong scale is off by more.</summary>
    private static double Allowed(ModelPrecision precision) => precision switch
    {
        ModelPrecision.Float16 => 0.005,
        ModelPrecision.DynamicRange => 0.05,
        _ => 0.1,
    };

    [Theory]
    [InlineData("manifest_k2.json", ModelPrecision.Float16)]
    [InlineData("manifest_k2.json", ModelPrecision.DynamicRange)]
    [InlineData("manifest_k2.json", ModelPrecision.Int8)]
    [InlineData("manifest_k3.json", ModelPrecision.Float16)]
    [InlineData("manifest_k3.json", ModelPrecision.DynamicRange)]
    [InlineData("manifest_k3.json", ModelPrecision.Int8)]
    public void Every_layer_runs_in_every_precision(string manifest, ModelPrecision precision)
    {
        var failures = new List<string>();
        var seen = 0;
        foreach (var entry in ModelCase.Of(Repository.Shared("fixtures", "layers"), manifest))
        {
            try
            {
                var model = entry.Read();
                foreach (var (runtime, outputs) in PrecisionRuns.Of(model, precision, entry.Inputs, entry.Inputs))
                {
                    seen++;
                    var difference = WrittenFiles.Difference(entry.Outputs, outputs);
                    if (!(difference <= Allowed(precision)))
                    {
                        failures.Add($"{entry.Name} {precision.Name()} in {runtime}: {difference:E2}");
                    }
                }
            }
            catch (ModelNotAcceptedException)
            {
                // What a target cannot express has tests of its own.
            }
            catch (Xunit.Sdk.XunitException e)
            {
                failures.Add($"{entry.Name} {precision.Name()}: {e.Message}");
            }
        }

        failures.ForEach(output.WriteLine);
        output.WriteLine($"{seen} runs");
        Assert.Empty(failures);
        Assert.True(seen > 100 || TfliteLibrary.WhyNot is not null);
    }

    [Theory]
    [InlineData(ModelPrecision.Float16)]
    [InlineData(ModelPrecision.DynamicRange)]
    [InlineData(ModelPrecision.Int8)]
    public void A_recurrence_that_is_a_loop_runs_in_every_precision(ModelPrecision precision)
    {
        const int Steps = 300, Features = 40, Units = 40;
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File("loop.json"), $$"""
            {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "loop", "layers": [
              {"class_name": "InputLayer", "config": {"batch_input_shape": [null, {{Steps}}, {{Features}}], "name": "x"} },
              {"class_name": "GRU", "config": {"name": "gru", "units": {{Units}}, "reset_after": true, "activation": "tanh",
               "recurrent_activation": "sigmoid", "return_sequences": true} } ] } }
            """);
        var model = Model.Read(scratch.File("loop.json"), cancellationToken: TestContext.Current.CancellationToken);
        var random = new Random(1);
        (int[] Shape, float[] Values)[] inputs =
            [([1, Steps, Features], [.. Enumerable.Range(0, Steps * Features).Select(_ => (random.NextSingle() * 2) - 1)])];
        using var session = new OnnxSession(WrittenFiles.Onnx(model));
        var expected = session.Run(inputs);

        foreach (var (runtime, outputs) in PrecisionRuns.Of(model, precision, inputs, inputs))
        {
            output.WriteLine($"{precision.Name()} in {runtime}: {WrittenFiles.Difference(expected, outputs):E2}");
            Assert.InRange(WrittenFiles.Difference(expected, outputs), 0, Allowed(precision));
        }
    }
}

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
}

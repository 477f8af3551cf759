using EdgeBench.Models;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Tests.Models.Quantization;

/// <summary>8-bit weights beside those that TensorFlow's own converter made of the same model.</summary>
public sealed class WeightParityTests(ITestOutputHelper output)
{
    /// <summary>Beyond rounding: the scale of a dead channel is made greater so that its bias fits 32 bits.</summary>
    private const float Raised = 1.001f;

    [Fact]
    public void Weights_and_their_scales_are_tensorflows_bit_for_bit_but_for_dead_channels()
    {
        var theirs = WrittenWeights.Read(File.ReadAllBytes(Repository.Shared("fixtures", "real", "mobilenet_v1_0.25_96_int8.tflite")));
        var model = Model.Read(
            Repository.Shared("fixtures", "real", "mobilenet_v1_0.25_96.h5"), cancellationToken: TestContext.Current.CancellationToken);
        var random = new Random(1);
        var samples = Calibrating.Samples(
            model, [.. Enumerable.Range(0, 4 * 96 * 96 * 3).Select(_ => (random.NextSingle() * 2) - 1)]);
        var options = new ModelWriteOptions { Precision = ModelPrecision.Int8, Ranges = Calibrating.Tflite(model, samples) };
        var ours = WrittenWeights.Read(WrittenFiles.Tflite(model, options));
        var single = WrittenWeights.ReadFloats(WrittenFiles.Tflite(model));

        Assert.Equal(theirs.Count, ours.Count);
        var (live, dead) = (0, 0);
        for (var i = 0; i < ours.Count; i++)
        {
            Assert.Equal(theirs[i].Shape, ours[i].Shape);
            var isPerChannel = ours[i].Scales.Length > 1;
            var channels = isPerChannel ? Channels.Of(ours[i].Shape, ours[i].Axis) : new Channels(1, ours[i].Values.Length);
            var isDead = channels.Magnitudes(single[i])
                .Zip(theirs[i].Scales, (magnitude, scale) => scale > magnitude / AffineScale.Greatest * Raised).ToArray();
            dead += isDead.Count(channel => channel);
            live += isDead.Count(channel => !channel);
            for (var channel = 0; channel < isDead.Length; channel++)
            {
                if (!isDead[channel])
                {
                    Assert.Equal(theirs[i].Scales[channel], ours[i].Scales[channel]);
                }
            }

            for (var element = 0; element < ours[i].Values.Length; element++)
            {
                if (!isDead[channels.At(element)])
                {
                    Assert.Equal(theirs[i].Values[element], ours[i].Values[element]);
                }
            }
        }

        output.WriteLine($"{ours.Count} tensors, {live} live channels, {dead} dead");
        Assert.True(live > 1000);
    }
}

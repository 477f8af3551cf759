using EdgeBench.Models;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Tests.Models.Quantization;

/// <summary>8-bit weights beside those that TensorFlow's own converter made of the same model.</summary>
public sealed class WeightParityTests(ITestOutputHelper output)
{
    /// <summary>TensorFlow folds the normalisation in single precision by an approximate reciprocal square root, which processors give
    /// differently; ours is folded in double precision and rounded once.</summary>
    private const float RoundingOfNormalisation = 4e-7f;

    [Fact]
    public void Weights_are_tensorflows_bit_for_bit_but_for_dead_channels()
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
            var scales = channels.Magnitudes(single[i]).Select(magnitude => magnitude / AffineScale.Greatest).ToArray();
            var isDead = scales.Zip(theirs[i].Scales, (own, given) => given > own * (1 + RoundingOfNormalisation)).ToArray();
            dead += isDead.Count(channel => channel);
            live += isDead.Count(channel => !channel);
            for (var channel = 0; channel < scales.Length; channel++)
            {
                if (!isDead[channel])
                {
                    var ratio = ours[i].Scales[channel] / theirs[i].Scales[channel];
                    Assert.InRange(ratio, 1 - RoundingOfNormalisation, 1 + RoundingOfNormalisation);
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

using EdgeBench.Messages.Measurements;
using EdgeBench.Statistics.Physics;
using EdgeBench.Statistics.Verdicts;

namespace EdgeBench.Tests.Statistics;

/// <summary>Latencies that no device can reach.</summary>
public sealed class ArithmeticCheckTests
{
    // NVIDIA's figure for the Jetson Nano: 128 CUDA cores at 921.6 MHz, two operations a cycle, twice that in fp16.
    private const double NanoHalfPrecision = 128 * 921.6e6 * 2 * 2;

    // Keras' ResNet50: the paper's count, and the part of its multiply-adds that are in the 16 convolutions of 3x3, all of stride 1.
    private const double ResNet50 = 7_728_446_320;
    private const double ResNet50Fast = 16 * 115_605_504 / (ResNet50 / 2);

    internal static Verdict Judged(double milliseconds) => Judge.Of(EvidenceOf.Good() with
    {
        Physics = ArithmeticCheck.Of(ResNet50, ResNet50Fast, milliseconds * 1e6, NanoHalfPrecision, "NVIDIA"),
    });

    [Fact]
    public void The_papers_ResNet50_with_TensorRT_on_a_Nano_is_impossible_even_with_fast_convolutions()
    {
        var verdict = Judged(7.68);

        Assert.Equal(VerdictLevel.Invalid, verdict.Level);
        var reason = Assert.Single(verdict.Reasons);
        Assert.Equal("physics", reason.Rule);
        Assert.Contains("1006.3 GFLOP/s", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_others_measured_there_is_possible() => Assert.Equal(VerdictLevel.Valid, Judged(29.3).Level);

    [Fact]
    public void Head_room_is_given_for_the_part_that_fast_algorithms_help()
    {
        Assert.Equal(1, ArithmeticCheck.HeadRoom(0));
        Assert.Equal(2.25, ArithmeticCheck.HeadRoom(1), 1e-12);
        Assert.Equal(1 / (0.5 + (0.5 / 2.25)), ArithmeticCheck.HeadRoom(0.5), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => ArithmeticCheck.HeadRoom(1.5));
    }
}

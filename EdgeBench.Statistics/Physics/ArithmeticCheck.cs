using EdgeBench.Messages.Measurements;

namespace EdgeBench.Statistics.Physics;

/// <summary>Whether a latency is possible: the arithmetic of the model in that time, beside the most that the device can do.</summary>
public static class ArithmeticCheck
{
    /// <summary>
    /// By how much at most fast algorithms lessen the multiplications of a convolution of 3x3 and stride 1: Winograd's F(2x2, 3x3) takes 16
    /// for 4 outputs of 9 each (Lavin and Gray 2016, section 4.1).
    /// </summary>
    public const double FastConvolution = 36.0 / 16;

    /// <summary>Compares the shortest run with the device's peak.</summary>
    /// <param name="operations">Floating-point operations of one inference, a multiply-add counted as two.</param>
    /// <param name="fastShare">The part of its multiply-adds that are in convolutions of 3x3 and stride 1, 0 to 1.</param>
    /// <param name="shortestRun">The shortest run in nanoseconds.</param>
    /// <param name="peak">The most operations per second that the device can do with this data type and number of threads.</param>
    /// <param name="source">Where the peak comes from.</param>
    public static PhysicsCheck Of(double operations, double fastShare, double shortestRun, double peak, string source)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shortestRun);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(peak);
        return new PhysicsCheck(operations / shortestRun * 1e9, peak * HeadRoom(fastShare), source);
    }

    /// <summary>How many times the peak a model may seem to reach: 1 without such convolutions, 2.25 with nothing else.</summary>
    /// <param name="fastShare">The part of the multiply-adds that fast algorithms may save most of, 0 to 1.</param>
    public static double HeadRoom(double fastShare)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fastShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fastShare, 1);
        return 1 / (1 - fastShare + (fastShare / FastConvolution));
    }
}

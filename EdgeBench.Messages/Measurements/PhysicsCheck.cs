namespace EdgeBench.Messages.Measurements;

/// <summary>The arithmetic that a latency would need beside what the device can do.</summary>
/// <param name="Achieved">Floating-point operations per second that the model's count and the shortest run imply.</param>
/// <param name="Peak">The most that the device can do per second with this data type and number of threads, head-room for fast algorithms
/// included.</param>
/// <param name="Source">Where the peak comes from: <c>measured</c>, or who published it.</param>
public sealed record PhysicsCheck(double Achieved, double Peak, string Source)
{
    /// <summary>Achieved in relation to the peak; above 1.1 no such latency is possible.</summary>
    public double Ratio => Achieved / Peak;
}

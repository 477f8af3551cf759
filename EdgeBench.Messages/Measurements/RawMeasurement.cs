namespace EdgeBench.Messages.Measurements;

/// <summary>All that was recorded of a cell, from which its figures follow: the content of the artifact beside a result.</summary>
/// <param name="Version">The version of this form, 1.</param>
/// <param name="Starts">The starts in order.</param>
public sealed record RawMeasurement(int Version, IReadOnlyList<RawStart> Starts)
{
    /// <summary>The version that this build writes.</summary>
    public const int CurrentVersion = 1;
}

/// <summary>What was recorded of one start.</summary>
/// <param name="Samples">The latencies of the timed runs in nanoseconds, in their order.</param>
/// <param name="WarmUp">The latencies of the warm-up's runs, in their order; empty where the program does not tell them.</param>
/// <param name="Telemetry">What the device did, in order of time.</param>
/// <param name="Record">What the start came to: the same as in the result, which of many starts holds only the first.</param>
public sealed record RawStart(
    IReadOnlyList<long> Samples, IReadOnlyList<long> WarmUp, IReadOnlyList<TelemetrySample> Telemetry, StartRecord? Record = null);

/// <summary>One look at the device.</summary>
/// <param name="Milliseconds">When, counted from the order to start.</param>
/// <param name="Runs">The timed runs that had ended by then.</param>
/// <param name="Kilohertz">The clocks in the order of <see cref="Measurements.Telemetry.Clocks"/>; 0 where one could not be read.</param>
/// <param name="Celsius">The temperatures in the order of <see cref="Measurements.Telemetry.Temperatures"/>.</param>
/// <param name="OtherLoad">CPU time of others on the measured CPUs since the last look, in relation to that time.</param>
/// <param name="Steal">Time taken from the measured CPUs since the last look, in relation to their whole time.</param>
public sealed record TelemetrySample(
    double Milliseconds, int Runs, IReadOnlyList<long> Kilohertz, IReadOnlyList<double> Celsius, double? OtherLoad, double? Steal);

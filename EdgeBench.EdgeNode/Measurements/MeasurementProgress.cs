using System.Text.Json.Serialization;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>How far a measurement is.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Start">Which fresh start of the runner, from 1; 0 before the first.</param>
/// <param name="Runs">The timed runs so far, over all starts.</param>
public sealed record MeasurementProgress(MeasurementPhase Phase, int Start, int Runs);

/// <summary>The phases of a measurement, in their order.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<MeasurementPhase>))]
public enum MeasurementPhase
{
    /// <summary>It waits for another measurement on this host.</summary>
    Waiting,

    /// <summary>The image is looked for or loaded.</summary>
    Image,

    /// <summary>The container or process is made and started.</summary>
    Starting,

    /// <summary>The runtime loads the model.</summary>
    Loading,

    /// <summary>The first inference and the warm-up run.</summary>
    WarmUp,

    /// <summary>The timed runs run.</summary>
    Timed,

    /// <summary>A start that is not timed runs, for its memory.</summary>
    Memory,

    /// <summary>It has ended; the result is there.</summary>
    Ended,
}

using System.Text.Json.Serialization;

namespace EdgeBench.Cli.Planning;

/// <summary>How long a cell is expected to take.</summary>
/// <param name="Time">The time, or null where nothing is known.</param>
/// <param name="Source">From what that follows.</param>
/// <param name="Reason">The same in words, with figures.</param>
internal sealed record TimeEstimate(TimeSpan? Time, EstimateSource Source, string Reason);

/// <summary>From what an expected time follows, the best first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EstimateSource>))]
internal enum EstimateSource
{
    /// <summary>A valid result of the very same conditions is most likely used again.</summary>
    Reused,

    /// <summary>The same model was measured under the same conditions before.</summary>
    EarlierResult,

    /// <summary>The model's FLOPs, at the rate that other models had on the device.</summary>
    DeviceRate,

    /// <summary>The model's FLOPs, at a rate that is assumed.</summary>
    AssumedRate,

    /// <summary>It will not be measured.</summary>
    Refused,

    /// <summary>Nothing is known.</summary>
    Unknown,
}

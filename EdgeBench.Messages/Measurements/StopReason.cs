using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Measurements;

/// <summary>Which rule ended the timed runs.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<StopReason>))]
public enum StopReason
{
    /// <summary>The asked runs, time and starts were reached.</summary>
    AskedReached,

    /// <summary>The interval of the mean was as narrow as asked.</summary>
    IntervalNarrow,

    /// <summary>The interval was to be narrower, but the most starts that are made were reached.</summary>
    StartLimit,

    /// <summary>The interval was to be narrower, but the longest time that is spent was reached.</summary>
    TimeLimit,
}

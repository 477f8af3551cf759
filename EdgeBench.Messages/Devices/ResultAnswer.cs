using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Devices;

/// <summary>What became of a result that a device sent. All but <see cref="Missing"/> are final: the device forgets the result.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ResultAnswer>))]
public enum ResultAnswer
{
    /// <summary>It is in the journal.</summary>
    Stored,

    /// <summary>Another attempt or the task's end came first: kept, not counted.</summary>
    Superseded,

    /// <summary>The server knows no such task or cell.</summary>
    Unknown,

    /// <summary>An artifact that it names is not in the store yet.</summary>
    Missing,
}

using System.Text.Json.Serialization;

namespace EdgeBench.RunnerContract;

/// <summary>An input or output as the loaded model has it.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its dimensions, the batch included; a dimension the model leaves open stands here as the runner chose it.</param>
public sealed record TensorDescription(string Name, ElementType Type, IReadOnlyList<long> Shape);

/// <summary>The types of tensor elements a runner may meet.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ElementType>))]
public enum ElementType
{
    /// <summary>IEEE 754 single precision.</summary>
    Float32,

    /// <summary>IEEE 754 half precision.</summary>
    Float16,

    /// <summary>IEEE 754 double precision.</summary>
    Float64,

    /// <summary>Signed, 8 bits.</summary>
    Int8,

    /// <summary>Unsigned, 8 bits.</summary>
    [JsonStringEnumMemberName("uint8")]
    UInt8,

    /// <summary>Signed, 32 bits.</summary>
    Int32,

    /// <summary>Signed, 64 bits.</summary>
    Int64,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,
}

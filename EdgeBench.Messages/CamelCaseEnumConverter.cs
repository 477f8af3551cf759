using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeBench.Messages;

/// <summary>Writes and reads an enumeration by the camelCase names of its members.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class CamelCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;

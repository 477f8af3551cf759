using System.Text.Json.Serialization;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>The JSON of what an edge node keeps on its disk.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MeasurementResult))]
[JsonSerializable(typeof(Processes.ChildRecord))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class EdgeNodeJson : JsonSerializerContext;

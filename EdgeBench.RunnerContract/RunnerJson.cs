using System.Text.Json;
using System.Text.Json.Serialization;

namespace EdgeBench.RunnerContract;

/// <summary>The JSON of the contract: camelCase names, enumerations by their camelCase names, unknown properties passed over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowOutOfOrderMetadataProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(RunnerLine))]
[JsonSerializable(typeof(RuntimeManifest))]
[JsonSerializable(typeof(RuntimeImage))]
public sealed partial class RunnerJson : JsonSerializerContext
{
    /// <summary>Reads one line of a runner's output.</summary>
    /// <returns>The line, or null where the text is no line of the contract.</returns>
    public static RunnerLine? ReadLine(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, Default.RunnerLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>One line of a runner's output, without the line end.</summary>
    public static string WriteLine(RunnerLine line) => JsonSerializer.Serialize(line, Default.RunnerLine);
}

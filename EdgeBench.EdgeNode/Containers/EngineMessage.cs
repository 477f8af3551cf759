using System.Text.Json;
using Docker.DotNet;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>What an engine says when it refuses.</summary>
internal static class EngineMessage
{
    public static string Of(DockerApiException problem)
    {
        var body = problem.ResponseBody ?? "";
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message))
            {
                body = message.ToString();
            }
        }
        catch (JsonException)
        {
            // Then the body is the message.
        }

        return body.Trim() is { Length: > 0 } text
            ? OutputTail.Printable(text).ReplaceLineEndings(" ")
            : $"HTTP status {(int)problem.StatusCode}";
    }
}

using System.Text.Json;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Coordination;

/// <summary>Tells whether two requests are the same.</summary>
internal static class RequestHash
{
    /// <summary>
    /// The SHA-256 of a request's JSON, in which open shapes and options of the runtime stand in the order of their names.
    /// </summary>
    public static Sha256 Of(TaskRequest request)
    {
        var ordered = request with
        {
            Models =
            [
                .. request.Models.Select(model => model with
                {
                    InputShapes = new SortedDictionary<string, IReadOnlyList<int>>(
                        model.InputShapes.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
                }),
            ],
            Options = request.Options with
            {
                RuntimeOptions = new SortedDictionary<string, string>(
                    request.Options.RuntimeOptions.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
            },
        };
        return Sha256.Of(JsonSerializer.SerializeToUtf8Bytes(ordered, MessagesJson.Options));
    }
}

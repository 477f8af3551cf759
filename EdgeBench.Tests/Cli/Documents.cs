using System.Text.Json;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Messages;

namespace EdgeBench.Tests.Cli;

/// <summary>A task with all of its parts, and what commands print of it.</summary>
internal static class Documents
{
    /// <summary>Two models on one device: one measured, one failed; one refused in another format.</summary>
    public static TaskState Task { get; } = TaskState.Replay(
    [
        new TaskEvents.Submitted(
            Samples.Task,
            Samples.Key,
            Samples.Request with { Models = [Samples.Request.Models[0], Samples.Request.Models[0] with { Name = "densenet201" }] },
            [Samples.Cell, Samples.Cell with { Id = new CellId(Samples.Task, 2), Model = 1 }],
            "0.1.0",
            Samples.At),
        new TaskEvents.ModelConverted(0, Samples.Converted, Samples.At),
        new TaskEvents.ModelRefused(1, "onnx", Samples.Failure, Samples.At),
        new TaskEvents.CellAssigned(new AttemptId(Samples.CellOne, 1), Samples.At),
        new TaskEvents.CellMeasured(new AttemptId(Samples.CellOne, 1), Samples.Result, Samples.At.AddSeconds(9)),
        new TaskEvents.CellFailed(new CellId(Samples.Task, 2), Samples.Failure, Samples.At),
        new TaskEvents.Ended(TaskOutcome.Failed, Samples.At.AddSeconds(10)),
    ]);

    /// <summary>What was recorded of the measured cell.</summary>
    public static RawMeasurement Record { get; } = new(
        RawMeasurement.CurrentVersion,
        [
            new RawStart(
                [18_000_000, 18_100_000, 18_200_000, 18_050_000, 18_150_000, 18_100_000, 18_120_000, 18_130_000, 40_000_000],
                [30_000_000, 19_000_000],
                [new TelemetrySample(10, 4, [1_800_000], [52.1], 0.01, 0), new TelemetrySample(200, 9, [1_500_000], [61.5], 0.4, 0.02)],
                Samples.Start),
            new RawStart([18_000_000, 18_100_000], [], [], Samples.Start),
        ]);

    /// <summary>What a command prints in a form.</summary>
    public static string Print(OutputFormat format, Action<Screen> print, int? width = null)
    {
        using var output = new StringWriter();
        print(new Screen(output, TextWriter.Null, format, width: width));
        return output.ToString();
    }

    /// <summary>The paths of all values in a document: <c>cells[].model</c>; a dictionary's keys are <c>*</c>.</summary>
    /// <param name="json">The document.</param>
    /// <param name="dictionaries">The paths of the dictionaries.</param>
    public static IReadOnlySet<string> PathsOf(string json, IReadOnlySet<string> dictionaries)
    {
        using var document = JsonDocument.Parse(json);
        var paths = new HashSet<string>();
        Collect(document.RootElement, "");
        // What is null or empty in one place and has parts in another is known by its parts.
        paths.RemoveWhere(path => paths.Any(longer => longer.StartsWith($"{path}.", StringComparison.Ordinal)));
        return paths;

        void Collect(JsonElement element, string path)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var property in element.EnumerateObject())
                    {
                        var name = dictionaries.Contains(path) ? "*" : property.Name;
                        Collect(property.Value, path.Length == 0 ? name : $"{path}.{name}");
                    }

                    break;
                case JsonValueKind.Array when element.EnumerateArray().All(item => item.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)):
                    paths.Add($"{path}[]");
                    break;
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                    {
                        Collect(item, $"{path}[]");
                    }

                    break;
                default:
                    paths.Add(path);
                    break;
            }
        }
    }
}

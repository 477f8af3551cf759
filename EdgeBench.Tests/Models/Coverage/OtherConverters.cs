using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeBench.Models;
using EdgeBench.Tests.Models.Quantization;

namespace EdgeBench.Tests.Models.Coverage;

/// <summary>Where TensorFlow's converter or tf2onnx fails, is wrong, or needs operators of TensorFlow itself, by what was recorded of them in
/// the shared test data, and the files written here compute what Keras computes: which is seen anew.</summary>
internal static partial class OtherConverters
{
    private const string Right = "right";
    private const double Tolerance = 1e-5;

    private static readonly string[] Layers = ["manifest_k2.json", "manifest_k3.json"];
    private static readonly string[] SmallPrecisions = ["fp16", "dynamic", "int8"];
    private static readonly string[] Reports = ["manifest_k2.json", "manifest_k3.json", "manifest_k3h5.json"];

    /// <summary>The layers, those with the same trouble together.</summary>
    public static IEnumerable<IReadOnlyList<string>> OfLayers()
    {
        var folder = Repository.Shared("fixtures", "layers");
        var cases = Layers.SelectMany(manifest => ModelCase.Of(folder, manifest)).ToDictionary(entry => entry.Name);
        var old = SharedData.Json(Repository.Shared("fixtures", "reference", "layer_tflite29.json"));
        return
            from recorded in SharedData.Json(Repository.Shared("fixtures", "reference", "layer_ops.json")).EnumerateObject()
            let outcome = (
                Tflite: OfTensorFlow(recorded.Value.GetProperty("tflite"), old.GetProperty(recorded.Name)),
                Onnx: OfTf2Onnx(recorded.Value.GetProperty("onnx")))
            where outcome != (Right, Right) && IsRight(cases[recorded.Name])
            let name = Path.GetFileNameWithoutExtension(recorded.Name)[3..]
            group name by outcome into same
            orderby same.Key
            select (IReadOnlyList<string>)[
                string.Join(", ", same.Distinct().Order(StringComparer.Ordinal).Select(name => $"`{name}`")), same.Key.Tflite, same.Key.Onnx];
    }

    /// <summary>The faults of public reports; where Keras 2 and Keras 3 differ, both.</summary>
    public static IEnumerable<IReadOnlyList<string>> OfReports()
    {
        var folder = Repository.Shared("fixtures", "reports");
        var found =
            from manifest in Reports
            let entries = SharedData.Json(Path.Combine(folder, manifest))
            from entry in ModelCase.Of(folder, manifest)
            where entry.IsMatch
            let recorded = entries.GetProperty(entry.Name)
            let outcome = (Tflite: OfTensorFlow(recorded), Onnx: OfReport(recorded))
            where outcome != (Right, Right) && IsRight(entry) && IsRight(entry, recorded)
            select (Fault: $"{Text(recorded, "fault")} ({Text(recorded, "report")})", outcome, Keras: entry.Name[1]);
        return
            from fault in found.GroupBy(one => one.Fault).OrderBy(fault => fault.Key, StringComparer.Ordinal)
            let outcomes = fault.GroupBy(one => one.outcome).ToList()
            from same in outcomes
            select (IReadOnlyList<string>)[
                outcomes.Count == 1 ? fault.Key : $"{fault.Key}, Keras {same.First().Keras}", same.Key.Tflite, same.Key.Onnx];
    }

    /// <summary>Whether the files written here compute what Keras computes, in every runtime.</summary>
    public static bool IsRight(ModelCase entry)
    {
        try
        {
            return entry.Differences(entry.Read()).Values.All(difference => difference <= entry.Tolerance);
        }
        catch (ModelNotAcceptedException)
        {
            return false;
        }
    }

    /// <summary>In the precisions that a report is about.</summary>
    private static bool IsRight(ModelCase entry, JsonElement recorded) =>
        !recorded.TryGetProperty("precisions", out var precisions) || precisions.EnumerateArray().All(named =>
        {
            var precision = ModelPrecisions.Of(named.GetString()!)!.Value;
            var allowed = recorded.GetProperty($"{named.GetString()}_tolerance").GetDouble();
            return PrecisionRuns.Of(entry.Read(), precision, Samples(entry, recorded), entry.Inputs).Values
                .All(outputs => WrittenFiles.Difference(entry.Outputs, outputs) <= allowed);
        });

    private static (int[] Shape, float[] Values)[] Samples(ModelCase entry, JsonElement recorded) =>
        recorded.TryGetProperty("calibration", out var samples)
            ? [.. samples.EnumerateArray().Select(sample => (
                sample.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray(),
                SharedData.Floats(Path.Combine(entry.Folder, sample.GetProperty("file").GetString()!))))]
            : entry.Inputs;

    private static string OfTensorFlow(JsonElement newest, JsonElement old)
    {
        if (newest.GetProperty("flex").GetBoolean())
        {
            var own = newest.GetProperty("ops").EnumerateArray().Select(name => name.GetString()!)
                .Where(name => name.StartsWith("Flex", StringComparison.Ordinal));
            return $"needs operators of TensorFlow itself: {string.Join(", ", own)}";
        }

        return newest.TryGetProperty("error", out _) ? "fails"
            : newest.GetProperty("max_relative_difference").GetDouble() is > Tolerance and var difference ? Wrong(difference)
            : IsRefused(old, "builtin") ? "TFLite 2.9.0 refuses the file"
            : IsRefused(old, "xnnpack") ? "XNNPACK of TFLite 2.9.0 refuses the file"
            : Right;
    }

    private static bool IsRefused(JsonElement old, string kernels) => old.GetProperty(kernels).ValueKind == JsonValueKind.String;

    private static string OfTf2Onnx(JsonElement recorded) =>
        recorded.TryGetProperty("error", out var error) ? Failure(error.GetString()!)
        : recorded.GetProperty("max_relative_difference").GetDouble() is > Tolerance and var difference ? Wrong(difference)
        : Right;

    /// <summary>What a report's entry says of TensorFlow's converter, in fp32 and in the precisions that it is about.</summary>
    private static string OfTensorFlow(JsonElement recorded)
    {
        var why = Text(recorded, "tflite_why");
        var single = Text(recorded, "tflite") switch
        {
            "ok" when why.StartsWith("only from", StringComparison.Ordinal) => why,
            "ok" => Right,
            "flex" => "needs operators of TensorFlow itself",
            "wrong" => $"wrong: {why}",
            _ => $"fails: {why}",
        };
        var others =
            from precision in SmallPrecisions
            let outcome = Text(recorded, $"tflite_{precision}")
            where outcome is not ("" or "ok")
            select outcome == "wrong"
                ? $"{precision} {Wrong(recorded.GetProperty($"tflite_{precision}_rel").GetDouble())}"
                : $"XNNPACK refuses the file in {precision}";
        return string.Join("; ", others.Prepend(single).Where(outcome => outcome != Right).DefaultIfEmpty(Right));
    }

    /// <summary>What a report's entry says of tf2onnx.</summary>
    private static string OfReport(JsonElement recorded) =>
        Text(recorded, "tf2onnx") == "ok" ? Right : Failure(Text(recorded, "tf2onnx_why"));

    private static string Failure(string why) =>
        UnknownOperator().Match(why) is { Success: true } match ? $"writes an operator that ONNX does not have: {match.Groups[1].Value}"
        : why.Contains("must not contain negative values", StringComparison.Ordinal) ? "writes negative padding, which ONNX Runtime refuses"
        : why.Contains("Required inputs", StringComparison.Ordinal) ? "writes inputs that the network does not have"
        : why.StartsWith("InvalidArgumentError", StringComparison.Ordinal) ? "fails"
        : $"fails: {why}";

    private static string Wrong(double difference) => string.Create(CultureInfo.InvariantCulture, $"wrong by {difference:0.#####}");

    private static string Text(JsonElement entry, string key) => entry.TryGetProperty(key, out var value) ? value.GetString() ?? "" : "";

    [GeneratedRegex(@"In Node, \(""[^""]*"", (?:Stateful)?(\w+)")]
    private static partial Regex UnknownOperator();
}

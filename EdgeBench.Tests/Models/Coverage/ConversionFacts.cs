using System.Text.Json;
using EdgeBench.Models;
using EdgeBench.Models.Onnx.Wire;
using EdgeBench.Models.Quantization;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Tests.Models.Coverage;

/// <summary>What becomes of the layer of an example in every format and precision: one word each, by really converting it.</summary>
internal sealed record ConversionFacts(IReadOnlyList<string> Words)
{
    /// <summary>It is converted.</summary>
    public const string Converted = "yes";

    /// <summary>No operator of it is left.</summary>
    public const string Gone = "–";

    /// <summary>Its weights have fewer bits.</summary>
    public const string Weights = "weights";

    /// <summary>All of it is computed in 8-bit integers.</summary>
    public const string Integers = "int8";

    /// <summary>Some of it is computed in 8-bit integers.</summary>
    public const string Partly = "partly";

    /// <summary>All of it is as in the file in fp32.</summary>
    public const string Unchanged = "fp32";

    /// <summary>It is refused.</summary>
    public const string Refused = "refused";

    /// <summary>What the words are about.</summary>
    public static readonly string[] Columns =
        ["ONNX fp32", "ONNX int8", "TFLite fp32", "TFLite fp16", "TFLite dynamic", "TFLite int8"];

    /// <summary>Why it is refused, where it is.</summary>
    public string? Refusal { get; init; }

    /// <summary>Converts an example.</summary>
    public static ConversionFacts Of(LayerExample example)
    {
        try
        {
            return Of(example.Read());
        }
        catch (ModelNotAcceptedException refusal)
        {
            return new ConversionFacts([.. Columns.Select(_ => Refused)]) { Refusal = ReasonOf(refusal) };
        }
    }

    private static ConversionFacts Of(Model model)
    {
        string? reason = null;
        string[] words =
        [
            Told(() => Onnx(model, ModelPrecision.Float32)),
            Told(() => Onnx(model, ModelPrecision.Int8)),
            Told(() => Tflite(model, ModelPrecision.Float32)),
            Told(() => Tflite(model, ModelPrecision.Float16)),
            Told(() => Tflite(model, ModelPrecision.DynamicRange)),
            Told(() => Tflite(model, ModelPrecision.Int8)),
        ];
        return new ConversionFacts(words) { Refusal = reason };

        string Told(Func<string> word)
        {
            try
            {
                return word();
            }
            catch (ModelNotAcceptedException refusal)
            {
                reason ??= ReasonOf(refusal);
                return Refused;
            }
        }
    }

    private static string ReasonOf(ModelNotAcceptedException refusal) => string.Join("; ", refusal.Problems.Select(problem => problem.Reason));

    private static string Onnx(Model model, ModelPrecision precision)
    {
        var file = ModelProto.Parser.ParseFrom(WrittenFiles.Onnx(model, Options(precision, model.WriteOnnxProbe)));
        var sources = Sources(file.MetadataProps.Single(entry => entry.Key == SourceMap.Key).Value);
        var graph = new OnnxPairs(file.Graph);
        var own = file.Graph.Node.Where(node => !OnnxPairs.IsPair(node) && sources.Contains(node.Output[0])).ToList();
        return own.Count == 0 ? Gone
            : precision == ModelPrecision.Float32 ? Converted
            : Computed(own.ConvertAll(graph.IsInteger));
    }

    private static string Tflite(Model model, ModelPrecision precision)
    {
        using var scratch = new ScratchFolder();
        var path = scratch.File("example.tflite");
        File.WriteAllBytes(path, WrittenFiles.Tflite(model, Options(precision, model.WriteTfliteProbe)));
        var file = TfliteModel.Read(path);
        var sources = Sources(file.Metadata[SourceMap.Key]);
        var own = file.Operators
            .Where(step => step.Name is not ("QUANTIZE" or "DEQUANTIZE") && sources.Contains(step.Outputs[0].Name)).ToList();
        return precision switch
        {
            _ when own.Count == 0 => Gone,
            ModelPrecision.Float32 => Converted,
            ModelPrecision.Int8 => Computed([.. own.Where(HasNumbers).Select(step => Types(step).Contains("INT8"))]),
            _ => own.Any(step => HasSmallWeights(file, step)) ? Weights : Unchanged,
        };
    }

    private static string Computed(List<bool> areIntegers) =>
        !areIntegers.Contains(true) ? Unchanged : areIntegers.Contains(false) ? Partly : Integers;

    /// <summary>Whether it works on floats, or on what takes their place.</summary>
    private static bool HasNumbers(TfliteOperator step) => Types(step).Any(type => type is "FLOAT32" or "INT8");

    private static IEnumerable<string> Types(TfliteOperator step) =>
        step.Inputs.OfType<TfliteTensor>().Concat(step.Outputs).Select(tensor => tensor.ElementType);

    private static bool HasSmallWeights(TfliteModel file, TfliteOperator step)
    {
        var widened = file.Operators.Where(other => other.Name == "DEQUANTIZE")
            .ToDictionary(other => other.Outputs[0], other => other.Inputs[0]!);
        return step.Inputs.OfType<TfliteTensor>().Select(input => widened.GetValueOrDefault(input, input))
            .Any(input => input is { IsConstant: true, ElementType: "FLOAT16" or "INT8" });
    }

    /// <summary>The operators that came from the layer of the example, by the name of the first tensor that they compute.</summary>
    private static HashSet<string> Sources(string json) =>
        [.. JsonSerializer.Deserialize<Dictionary<string, string[]>>(json)!
            .Where(entry => entry.Value.Any(IsOfLayer)).Select(entry => entry.Key)];

    private static bool IsOfLayer(string source) => source.Split('/')[0] == LayerExample.Name;

    /// <summary>For int8 with ranges from -1 to 1, as only the structure of the file is looked at.</summary>
    private static ModelWriteOptions Options(ModelPrecision precision, Func<Stream, CancellationToken, RangeProbe> writeProbe)
    {
        if (precision != ModelPrecision.Int8)
        {
            return new ModelWriteOptions { Precision = precision };
        }

        var probe = writeProbe(Stream.Null, TestContext.Current.CancellationToken);
        var ranges = new TensorRanges();
        ranges.Add(
            probe, [.. Enumerable.Repeat(-1f, probe.Tensors.Count)], [.. Enumerable.Repeat(1f, probe.Tensors.Count)]);
        return new ModelWriteOptions { Precision = precision, Ranges = ranges };
    }
}

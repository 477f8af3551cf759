using System.IO.Compression;
using System.Text.Json;
using EdgeBench.Models;
using EdgeBench.Models.Tflite;
using Google.FlatBuffers;

namespace EdgeBench.Tests.Models;

/// <summary>Files of TensorFlow's own converter, and what is told of them.</summary>
public sealed class TfliteReaderTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    [Theory]
    [InlineData("mobilenet_v2", "1.6.0")]
    [InlineData("efficientnet_b0", "1.14.0")]
    public void Operators_versions_options_and_tensors_of_a_file_are_what_its_converter_says(string name, string oldestRuntime)
    {
        var path = _scratch.File(name + ".tflite");
        using (var stream = File.OpenRead(Repository.Shared("fixtures", "reference", name + ".tflite.gz")))
        using (var packed = new GZipStream(stream, CompressionMode.Decompress))
        using (var file = File.Create(path))
        {
            packed.CopyTo(file);
        }

        var model = TfliteModel.Read(path);
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Repository.Shared("fixtures", "reference", $"fusion_{name}.json")));

        Assert.Equal(expected.RootElement.EnumerateArray().Select(Describe), model.Operators.Select(Describe));
        Assert.Equal("MLIR Converted.", model.Description);
        Assert.Equal([1, 1000], Assert.Single(Assert.Single(model.Subgraphs).Outputs).Shape);
        Assert.Equal(oldestRuntime, model.Metadata["min_runtime_version"]);
        Assert.Equal("serving_default", Assert.Single(model.Signatures).Key);
    }

    [Fact]
    public void Weights_with_a_scale_for_each_channel_are_told_from_those_with_one()
    {
        var model = TfliteModel.Read(Repository.Shared("fixtures", "real", "mobilenet_v1_0.25_96_int8.tflite"));
        var convolutions = model.Operators.Where(step => step.Name is "CONV_2D").ToList();

        Assert.All(convolutions, step => Assert.Equal("INT8", step.Inputs[1]!.ElementType));
        Assert.All(convolutions, step => Assert.Equal(step.Outputs[0].Shape[^1], step.Inputs[1]!.QuantizationScales));
        Assert.All(convolutions, step => Assert.Equal(1, step.Inputs[0]!.QuantizationScales));
        Assert.All(convolutions, step => Assert.True(step.Inputs[1]!.IsConstant && !step.Inputs[0]!.IsConstant));
        Assert.All(convolutions, step => Assert.Equal(3, step.Version));
    }

    [Fact]
    public void What_is_no_tflite_file_is_refused()
    {
        Assert.Contains(
            "is no TFLite file",
            Assert.Throws<ModelNotAcceptedException>(() => TfliteModel.Read(Repository.PathOf("samples", "digits_k2.h5"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_that_refer_to_each_other_over_and_over_are_cut_off()
    {
        const int Entries = 30_000;
        var builder = new FlatBufferBuilder(1 << 16);
        builder.StartTable(0);
        var operators = Repeated(builder.EndTable());
        builder.StartTable(5);
        builder.AddOffset(3, operators, 0);
        var graphs = Repeated(builder.EndTable());
        builder.StartTable(4);
        var codes = Repeated(builder.EndTable());
        builder.StartTable(8);
        builder.AddInt(0, 3, 0);
        builder.AddOffset(1, codes, 0);
        builder.AddOffset(2, graphs, 0);
        builder.Finish(builder.EndTable(), "TFL3");
        File.WriteAllBytes(_scratch.File("over.tflite"), builder.SizedByteArray());

        var refusal = Assert.Throws<ModelNotAcceptedException>(() => TfliteModel.Read(_scratch.File("over.tflite")));
        Assert.Contains("damaged", refusal.Message, StringComparison.Ordinal);

        int Repeated(int table)
        {
            builder.StartVector(sizeof(int), Entries, sizeof(int));
            for (var i = 0; i < Entries; i++)
            {
                builder.AddOffset(table);
            }

            return builder.EndVector().Value;
        }
    }

    public void Dispose() => _scratch.Dispose();

    private static string Describe(TfliteOperator step) =>
        $"{step.Name} v{step.Version} {Options(step.Options.Select(option => (option.Key, option.Value)))} "
        + $"{string.Join(' ', step.Inputs.Select(tensor => $"{tensor!.ElementType}[{string.Join(',', tensor.Shape)}]"))} -> "
        + string.Join(' ', step.Outputs.Select(tensor => $"{tensor.ElementType}[{string.Join(',', tensor.Shape)}]"));

    private static string Describe(JsonElement step)
    {
        // What only newer operators than those read here have.
        string[] newer = ["quantizedBiasType", "potScaleInt16"];
        var options = step.GetProperty("options").EnumerateObject().Where(option => !newer.Contains(option.Name))
            .Select(option => (option.Name, option.Value.ValueKind switch
            {
                JsonValueKind.True => 1,
                JsonValueKind.False => 0,
                _ => option.Value.GetDouble(),
            }));
        return $"{step.GetProperty("operator")} v{step.GetProperty("version")} {Options(options)} "
            + $"{Tensors("inputs")} -> {Tensors("outputs")}";

        string Tensors(string key) => string.Join(' ', step.GetProperty(key).EnumerateArray().Select(tensor =>
            $"{tensor.GetProperty("type")}[{string.Join(',', tensor.GetProperty("shape").EnumerateArray())}]"));
    }

    private static string Options(IEnumerable<(string Name, double Value)> options) =>
        string.Join(' ', options.OrderBy(option => option.Name, StringComparer.Ordinal).Select(option => $"{option.Name}={option.Value}"));
}

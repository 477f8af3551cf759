namespace EdgeBench.Tests.Models.Coverage;

/// <summary>
/// <c>docs/conversion.md</c> says what is converted, and what other converters make of the same. Its tables are made anew and have to be the
/// same; with <c>EDGEBENCH_WRITE_DOCS=1</c> they are written there instead.
/// </summary>
public sealed class ConversionDocumentTests
{
    private const string WriteVariable = "EDGEBENCH_WRITE_DOCS";

    [Fact]
    public void What_becomes_of_every_layer_and_function_stands_in_the_documentation() => Hold(
        ("layers", ConversionDocument.Layers()),
        ("functions", ConversionDocument.Functions()));

    [Fact]
    public void Where_other_converters_fail_stands_in_the_documentation()
    {
        string[] head = ["what", "TensorFlow's converter 2.21", "tf2onnx"];
        var (layers, reports, readers) = (OtherConverters.OfLayers(), OtherConverters.OfReports(), OtherReaders.Troubles());
        if (TfliteLibrary.WhyNot is { } reason)
        {
            Assert.Skip(reason);
        }

        Hold(
            ("layers elsewhere", ConversionDocument.Table(head, layers)),
            ("reports", ConversionDocument.Table(head, reports)),
            ("readers", ConversionDocument.Table(["read by", "what it refuses or takes for something else", "seen in files of"], readers)));
    }

    private static void Hold(params (string Name, string Table)[] tables)
    {
        var written = File.ReadAllText(ConversionDocument.Path);
        var expected = tables.Aggregate(written, (text, table) => ConversionDocument.With(text, table.Name, table.Table));
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(ConversionDocument.Path, expected);
            return;
        }

        var kept = Path.Combine(Directory.CreateDirectory(Repository.PathOf("artifacts", "docs")).FullName, "conversion.md");
        File.WriteAllText(kept, expected);
        Assert.True(
            written == expected,
            $"docs/conversion.md is not what is converted; {kept} is. To write it there: {WriteVariable}=1 "
            + $"artifacts/bin/EdgeBench.Tests/release/EdgeBench.Tests -class \"*{nameof(ConversionDocumentTests)}\"");
    }
}

using System.Diagnostics;
using System.Text.Json;
using EdgeBench.Models;
using EdgeBench.Models.Onnx.Wire;
using EdgeBench.Models.Passes;
using EdgeBench.Tests.Models.Quantization;

namespace EdgeBench.Tests.Models;

public sealed class OnnxFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    [Theory]
    [InlineData("k2.h5")]
    [InlineData("k3.keras")]
    [InlineData("k2_synthetic.json")]
    public void The_same_model_gives_the_same_bytes(string name)
    {
        var entry = ModelCase.Of(Repository.Fixture("formats"), "manifest.json", name);

        Assert.Equal(WrittenFiles.Onnx(entry.Read()), WrittenFiles.Onnx(entry.Read()));
    }

    [Theory]
    [InlineData("k2.h5", "k2.keras")]
    [InlineData("k3.h5", "k3.keras")]
    [InlineData("k2.h5", "k2_architecture.json")]
    public void One_network_in_two_formats_gives_the_same_bytes(string first, string second)
    {
        var folder = Repository.Fixture("formats");

        Assert.Equal(
            WrittenFiles.Onnx(ModelCase.Of(folder, "manifest.json", first).Read()),
            WrittenFiles.Onnx(ModelCase.Of(folder, "manifest.json", second).Read()));
    }

    [Theory]
    [InlineData("efficientnet_b0")]
    [InlineData("mobilenet_v1")]
    [InlineData("mobilenet_v2")]
    [InlineData("resnet50")]
    [InlineData("densenet201")]
    public void The_zoo_is_opset_13_with_one_transposition_and_knows_the_layers_of_every_node(string name)
    {
        var source = Model.Read(Repository.PathOf("zoo", $"{name}.json"), cancellationToken: TestContext.Current.CancellationToken);
        var model = ModelProto.Parser.ParseFrom(WrittenFiles.Onnx(source));
        var metadata = Assert.Single(model.MetadataProps);
        var sources = JsonSerializer.Deserialize<Dictionary<string, string[]>>(metadata.Value)!;
        var layers = source.Layers.Select(layer => layer.Name).ToHashSet();

        Assert.Equal((7, 13), (model.IrVersion, Assert.Single(model.OpsetImport).Version));
        Assert.Single(model.Graph.Node, node => node.OpType == "Transpose");
        Assert.DoesNotContain(model.Graph.Node, node => node.OpType is "Pad" or "BatchNormalization" or "Identity");
        Assert.Equal(SourceMap.Key, metadata.Key);
        Assert.Equal(model.Graph.Node.Select(node => node.Name).Order(StringComparer.Ordinal), sources.Keys.Order(StringComparer.Ordinal));
        Assert.All(sources.Values, names => Assert.Subset(layers, names.ToHashSet()));
        Assert.All(sources.Values, Assert.NotEmpty);
    }

    [Fact]
    public void The_report_says_what_each_pass_did()
    {
        var model = Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: TestContext.Current.CancellationToken);
        var report = model.WriteOnnx(_scratch.File("digits.onnx"), TestContext.Current.CancellationToken);

        Assert.Equal(GraphPasses.Onnx.Select(pass => pass.Name), report.Passes.Select(pass => pass.Pass));
        Assert.Equal(4, report.Passes.Single(pass => pass.Pass == "fold-batch-normalization").Changes.Count);
        Assert.Equal(new FileInfo(_scratch.File("digits.onnx")).Length, report.Bytes);
    }

    [Fact]
    public void An_onnx_file_is_passed_through_unchanged_and_described()
    {
        var digits = Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: TestContext.Current.CancellationToken);
        digits.WriteOnnx(_scratch.File("digits.onnx"), TestContext.Current.CancellationToken);
        var passed = Model.Read(_scratch.File("digits.onnx"), cancellationToken: TestContext.Current.CancellationToken);
        passed.WriteOnnx(_scratch.File("again.onnx"), TestContext.Current.CancellationToken);

        Assert.Equal(File.ReadAllBytes(_scratch.File("digits.onnx")), File.ReadAllBytes(_scratch.File("again.onnx")));
        Assert.Equal(ModelFormat.Onnx, passed.Format);
        Assert.Equal(digits.Inputs[0].Name, Assert.Single(passed.Inputs).Name);
        Assert.Equal(digits.Outputs[0].Shape, Assert.Single(passed.Outputs).Shape);
        Assert.Equal(digits.Macs, passed.Macs);
        Assert.True(passed.Parameters > 0);
    }

    [Fact]
    public void A_truncated_onnx_file_is_refused()
    {
        var digits = Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: TestContext.Current.CancellationToken);
        var bytes = WrittenFiles.Onnx(digits);
        File.WriteAllBytes(_scratch.File("half.onnx"), bytes[..(bytes.Length / 2)]);

        Assert.Throws<ModelNotAcceptedException>(
            () => Model.Read(_scratch.File("half.onnx"), cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_interrupted_writing_leaves_the_old_file_and_nothing_else()
    {
        var digits = Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: TestContext.Current.CancellationToken);
        var file = _scratch.File("digits.onnx");
        await File.WriteAllTextAsync(file, "old", TestContext.Current.CancellationToken);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        Assert.Throws<OperationCanceledException>(() => digits.WriteOnnx(file, cancelled.Token));
        Assert.Equal("old", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal([file], Directory.GetFiles(_scratch.Path));
    }

    [Fact]
    public async Task The_checker_of_onnx_finds_nothing()
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), "left out: python3 is not here");
        string[] zoo = ["efficientnet_b0", "mobilenet_v1", "mobilenet_v2"];
        foreach (var name in zoo)
        {
            Model.Read(Repository.PathOf("zoo", $"{name}.json"), cancellationToken: TestContext.Current.CancellationToken)
                .WriteOnnx(_scratch.File($"{name}.onnx"), TestContext.Current.CancellationToken);
        }

        foreach (var entry in ModelCase.Of(Repository.Fixture("layers")))
        {
            var model = entry.Read();
            model.WriteOnnx(_scratch.File($"{entry.Name}.onnx"), TestContext.Current.CancellationToken);
            var options = new ModelWriteOptions { Precision = ModelPrecision.Int8, Ranges = Calibrating.Onnx(model, entry.Inputs) };
            model.WriteOnnx(_scratch.File($"{entry.Name}.int8.onnx"), options, TestContext.Current.CancellationToken);
        }

        const string Script = """
            import glob, sys
            try:
                import onnx
            except ImportError:
                sys.exit(77)
            for path in glob.glob(sys.argv[1] + "/*.onnx"):
                onnx.checker.check_model(onnx.load(path), full_check=True)
            """;
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", Script, _scratch.Path]) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(process.ExitCode == 77, "left out: Python's onnx (Debian package python3-onnx) is not here");
        Assert.True(process.ExitCode == 0, errors);
    }

    public void Dispose() => _scratch.Dispose();
}

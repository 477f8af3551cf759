using System.IO.Compression;
using System.Text;
using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

public sealed class RefusalTests(ITestOutputHelper output) : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    [Fact]
    public void Every_file_that_must_not_be_taken_is_refused_with_every_offender_named()
    {
        Assert.All(ModelCase.Of(Repository.Fixture("refuse")), entry =>
        {
            var message = Assert.Throws<ModelNotAcceptedException>(() => entry.Read()).Message;
            output.WriteLine(message);
            Assert.DoesNotContain('\n', message);
            Assert.All(entry.RefuseNames, name => Assert.Contains(name, message, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void A_saved_model_folder_is_refused_with_the_export_line()
    {
        File.WriteAllBytes(_scratch.File("saved_model.pb"), [8, 1]);

        Assert.Contains("model.save(\"model.keras\")", Refusal(_scratch.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_protocol_buffer_of_tensorflow_is_refused_with_the_export_line()
    {
        Assert.Contains("model.save(\"model.keras\")", Refusal(Write("frozen.pb", [0x0A, 2, 0x0A, 0])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.pt")]
    [InlineData("model.pth")]
    [InlineData("renamed.h5")]
    public void A_pytorch_file_is_refused_with_the_export_line_whatever_its_name(string name)
    {
        var path = _scratch.File(name);
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("model/data.pkl");
        }

        Assert.Contains("torch.onnx.export(", Refusal(path), StringComparison.Ordinal);
        Assert.Contains("torch.onnx.export(", Refusal(Write("pickle_" + name, [0x80, 2, 0x8A])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pointer_of_git_lfs_is_refused_with_the_command_to_type()
    {
        var path = Write("model.h5", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"u8.ToArray());

        Assert.Contains("git lfs pull", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_size_is_refused_with_the_option_to_type()
    {
        var message = Refusal(Repository.Fixture("formats", "k2_unknown_size.h5"));

        Assert.Contains("'image'", message, StringComparison.Ordinal);
        Assert.Contains("--shape image=224,224,3", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_known_in_a_model_inside_a_wrapper_is_refused_by_name()
    {
        const string Architecture = """
            {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "clips", "layers": [
              {"class_name": "InputLayer", "config": {"name": "clip", "batch_input_shape": [null, 2, 4]}},
              {"class_name": "TimeDistributed", "config": {"name": "each", "layer": {
                "class_name": "Sequential", "config": {"name": "frame", "layers": [
                  {"class_name": "InputLayer", "config": {"name": "frame_input", "batch_input_shape": [null, 4]}},
                  {"class_name": "Lambda", "config": {"name": "double"}},
                  {"class_name": "MyOwn", "config": {"name": "own"}}]}}}}]}}
            """;

        var message = Refusal(Write("clips.json", Encoding.UTF8.GetBytes(Architecture)));

        Assert.Contains("layer 'each' (TimeDistributed)", message, StringComparison.Ordinal);
        Assert.Contains("'Lambda' inside it holds Python code", message, StringComparison.Ordinal);
        Assert.Contains("'MyOwn' inside it", message, StringComparison.Ordinal);
        Assert.DoesNotContain("InputLayer", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image", "16,16,4")]
    [InlineData("image", "16,16")]
    [InlineData("image", "0,16,3")]
    [InlineData("picture", "16,16,3")]
    public void A_shape_that_does_not_fit_is_refused(string name, string shape)
    {
        var sizes = shape.Split(',').Select(int.Parse).ToList();
        var options = new ModelReadOptions { InputShapes = new Dictionary<string, IReadOnlyList<int>> { [name] = sizes } };

        var exception = Assert.Throws<ModelNotAcceptedException>(() => Read(Repository.Fixture("formats", "k2_unknown_size.h5"), options));
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_model_are_refused_by_the_layer()
    {
        var options = new ModelReadOptions { WeightsFile = Repository.PathOf("samples", "digits_k2.h5") };

        var exception = Assert.Throws<ModelNotAcceptedException>(() =>
            Read(Repository.Fixture("formats", "k2_architecture.json"), options));
        Assert.Contains("conv1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zip_that_claims_to_unpack_to_more_than_it_can_is_refused_before_it_is_unpacked()
    {
        var path = _scratch.File("bomb.keras");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var stream = zip.CreateEntry("config.json", CompressionLevel.SmallestSize).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 80; i++)
            {
                stream.Write(zeros);
            }
        }

        Assert.Contains("claims to unpack", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_with_two_members_of_one_name_is_refused()
    {
        var path = _scratch.File("twice.keras");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("config.json");
            zip.CreateEntry("config.json");
        }

        Assert.Contains("more than once", Refusal(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{\"class_name\": \"Sequential\", \"config\": {\"layers\": []}}")]
    [InlineData("{\"class_name\": \"Functional\", \"config\": {\"layers\": [{\"class_name\": 1}]}}")]
    [InlineData("{\"class_name\": \"Functional\", \"config\": {\"layers\": [], \"input_layers\": [[\"x\", 0, 0]]}}")]
    public void An_architecture_that_makes_no_sense_is_refused(string text)
    {
        output.WriteLine(Refusal(Write("model.json", Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [InlineData("Dense", "\"units\": 1e12, \"batch_input_shape\": [null, 4]")]
    [InlineData("Dense", "\"units\": \"many\", \"batch_input_shape\": [null, 4]")]
    [InlineData("Dense", "\"units\": 0, \"batch_input_shape\": [null, 4]")]
    [InlineData("Flatten", "\"batch_input_shape\": [null, 2000000, 2000000]")]
    [InlineData("Reshape", "\"target_shape\": [-1, -1], \"batch_input_shape\": [null, 4]")]
    public void A_layer_that_makes_no_sense_is_refused(string className, string config)
    {
        var text = $"{{\"class_name\": \"Sequential\", \"config\": [{{\"class_name\": \"{className}\", \"config\": {{{config}}}}}]}}";

        Assert.Contains(className, Refusal(Write("model.json", Encoding.UTF8.GetBytes(text))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dense", "\"units\": 3, \"lora_rank\": 4, \"batch_input_shape\": [null, 4]", "lora_rank")]
    [InlineData(
        "RNN",
        "\"cell\": {\"class_name\": \"SimpleRNNCell\", \"config\": {\"units\": 2, \"gates\": 5}}, \"batch_input_shape\": [null, 4, 3]",
        "gates")]
    public void An_option_that_is_not_known_is_refused_by_its_name(string className, string config, string option)
    {
        var text = $"{{\"class_name\": \"Sequential\", \"config\": [{{\"class_name\": \"{className}\", \"config\": {{{config}}}}}]}}";

        var refusal = Refusal(Write("model.json", Encoding.UTF8.GetBytes(text)));

        Assert.Contains(className, refusal, StringComparison.Ordinal);
        Assert.Contains($"'{option}'", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Dropout", "\"rate\": 0.5")]
    [InlineData("BatchNormalization", "\"axis\": -1")]
    [InlineData("Sequential", "\"layers\": [{\"class_name\": \"Dropout\", \"config\": {\"name\": \"d\", \"rate\": 0.5}}]")]
    public void A_layer_that_is_called_as_in_training_is_refused(string className, string config)
    {
        var text = $$$"""
            {"class_name": "Functional", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 4]}, "inbound_nodes": []},
              {"class_name": "{{{className}}}", "name": "a", "config": {"name": "a", {{{config}}}},
               "inbound_nodes": [[["x", 0, 0, {"training": true}]]]}],
             "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]} }
            """;

        var refusal = Refusal(Write("model.json", Encoding.UTF8.GetBytes(text)));

        Assert.Contains("'a'", refusal, StringComparison.Ordinal);
        Assert.Contains("training=True", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_refer_to_each_other_in_a_circle_are_refused()
    {
        const string Text = """
            {"class_name": "Functional", "config": {"name": "m", "layers": [
              {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 4]}, "inbound_nodes": []},
              {"class_name": "Add", "name": "a", "config": {}, "inbound_nodes": [[["x", 0, 0, {}], ["b", 0, 0, {}]]]},
              {"class_name": "Activation", "name": "b", "config": {"activation": "relu"}, "inbound_nodes": [[["a", 0, 0, {}]]]}],
             "input_layers": [["x", 0, 0]], "output_layers": [["b", 0, 0]]}}
            """;

        Assert.Contains("circle", Refusal(Write("model.json", Encoding.UTF8.GetBytes(Text))), StringComparison.Ordinal);
    }

    [Fact]
    public void Nested_models_that_double_with_every_level_are_refused()
    {
        var model = """
            {"class_name": "Sequential", "config": [{"class_name": "Activation", "config": {"name": "a", "activation": "relu"}}]}
            """;
        for (var i = 0; i < 24; i++)
        {
            model = """
                {"class_name": "Functional", "config": {"name": "m", "layers": [
                  {"class_name": "InputLayer", "name": "x", "config": {"batch_input_shape": [null, 4]}, "inbound_nodes": []},
                """ + model[..^1] + """
                , "name": "n", "inbound_nodes": [[["x", 0, 0, {}]], [["n", 0, 0, {}]]]}],
                 "input_layers": [["x", 0, 0]], "output_layers": [["n", 1, 0]]}}
                """;
        }

        Assert.Contains("times", Refusal(Write("model.json", Encoding.UTF8.GetBytes(model))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_in_an_archive_is_noticed()
    {
        var bytes = File.ReadAllBytes(Repository.Fixture("formats", "k3.keras"));
        bytes[bytes.AsSpan().IndexOf("model.weights.h5"u8) + 20_000] ^= 1;

        Assert.Contains("damaged", Refusal(Write("model.keras", bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_nested_beyond_reason_is_refused()
    {
        Refusal(Write("model.json", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"config\":", 5000)))));
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error_of_the_file_system()
    {
        Assert.Throws<FileNotFoundException>(() => Read(_scratch.File("none.h5")));
    }

    public void Dispose() => _scratch.Dispose();

    private static Model Read(string path, ModelReadOptions? options = null) =>
        Model.Read(path, options, TestContext.Current.CancellationToken);

    private static string Refusal(string path) => Assert.Throws<ModelNotAcceptedException>(() => Read(path)).Message;

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(_scratch.File(name), content);
        return _scratch.File(name);
    }
}

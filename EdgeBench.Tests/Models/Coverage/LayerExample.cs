using EdgeBench.Models;

namespace EdgeBench.Tests.Models.Coverage;

/// <summary>
/// A small network around one layer, as an architecture file: a dense layer before it for each of its inputs, and one behind it, so that it
/// stands among operators that are computed in 8-bit integers.
/// </summary>
internal sealed record LayerExample
{
    /// <summary>Channels enough that a kernel has the 1024 values from which on it becomes integers.</summary>
    public const int Channels = 128;

    /// <summary>The name of the layer in the network.</summary>
    public const string Name = "layer";

    /// <summary>Its class.</summary>
    public string ClassName { get; init; } = "";

    /// <summary>Its configuration without its name, as the inside of a JSON object.</summary>
    public string Config { get; init; } = "";

    /// <summary>What stands behind its first input in the call, as the inside of a JSON object.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>The shape of each input without the batch; channels last.</summary>
    public IReadOnlyList<int> Shape { get; init; } = [6, 6, Channels];

    /// <summary>How many inputs stand before its arguments.</summary>
    public int Inputs { get; init; } = 1;

    /// <summary>How many of its arguments are tensors: <c>before1</c> where there is one input.</summary>
    public int TensorArguments { get; init; }

    /// <summary>Whether there are dense layers before it, and it is not fed whole numbers.</summary>
    public bool TakesFloats { get; init; } = true;

    /// <summary>Whether it is a function, whose call is written without the outer list.</summary>
    public bool IsFunction { get; init; }

    /// <summary>Functions between the dense layer before it and itself, each by its name and arguments.</summary>
    public IReadOnlyList<(string Name, string Arguments)> Ahead { get; init; } = [];

    /// <summary>Functions between itself and the dense layer behind it.</summary>
    public IReadOnlyList<(string Name, string Arguments)> After { get; init; } = [];

    /// <summary>Which of its outputs is read.</summary>
    public int Output { get; init; }

    /// <summary>The version of Keras that the file names.</summary>
    public string KerasVersion { get; init; } = "2.15.0";

    /// <summary>Reads the network.</summary>
    /// <exception cref="ModelNotAcceptedException">It is refused.</exception>
    public Model Read()
    {
        using var scratch = new ScratchFolder();
        var path = scratch.File("example.json");
        File.WriteAllText(path, Architecture());
        return Model.Read(path, cancellationToken: TestContext.Current.CancellationToken);
    }

    private string Architecture()
    {
        var layers = new List<string>
        {
            Layer(
                "InputLayer", "x",
                $"\"batch_input_shape\": [null, {string.Join(", ", Shape)}], \"dtype\": \"{(TakesFloats ? "float32" : "int32")}\"", ""),
        };
        var given = Enumerable.Range(0, Inputs + TensorArguments).Select(input => TakesFloats ? $"before{input}" : "x").ToList();
        layers.AddRange(given.Where(_ => TakesFloats).Select(name => Dense(name, "x", 0)));
        foreach (var (function, arguments) in Ahead)
        {
            layers.Add(Function(function, given[0], 0, arguments));
            given[0] = function;
        }

        var calls = string.Join(", ", given.Take(Inputs).Select(input => Call(input, 0, Arguments)));
        layers.Add(Layer(ClassName, Name, Config, IsFunction && Inputs == 1 ? calls : $"[{calls}]"));
        var (last, output) = (Name, Output);
        foreach (var (function, arguments) in After)
        {
            layers.Add(Function(function, last, output, arguments));
            (last, output) = (function, 0);
        }

        layers.Add(Dense("behind", last, output));
        return $$"""
            {
              "class_name": "Functional", "keras_version": "{{KerasVersion}}", "backend": "tensorflow",
              "config": {
                "name": "example", "layers": [{{string.Join(",\n", layers)}}],
                "input_layers": [["x", 0, 0]], "output_layers": [["behind", 0, 0]]
              }
            }
            """;
    }

    private string Dense(string name, string input, int output) =>
        Layer("Dense", name, $"\"{(KerasVersion.StartsWith('1') ? "output_dim" : "units")}\": {Channels}", $"[{Call(input, output, "")}]");

    private static string Function(string name, string input, int output, string arguments) =>
        Layer("TFOpLambda", name, $"\"function\": \"{name}\"", Call(input, output, arguments));

    private static string Call(string layer, int output, string arguments) => $"[\"{layer}\", 0, {output}, {{{arguments}}}]";

    private static string Layer(string className, string name, string config, string calls) =>
        $$"""
        {
          "class_name": "{{className}}", "name": "{{name}}", "inbound_nodes": [{{calls}}],
          "config": {"name": "{{name}}"{{(config.Length > 0 ? ", " : "")}}{{config}} }
        }
        """;
}

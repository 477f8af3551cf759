using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>An entry of a manifest: a model file, what to feed, and what Keras computes.</summary>
internal sealed class ModelCase
{
    private readonly JsonElement _entry;

    private ModelCase(string folder, string name, JsonElement entry)
    {
        Folder = folder;
        Name = name;
        _entry = entry;
    }

    public string Folder { get; }

    public string Name { get; }

    /// <summary>The precision that it asks for.</summary>
    public ModelPrecision Precision => ModelPrecisions.Of(Text("precision") ?? "fp32")!.Value;

    /// <summary>The formats that it must be written in.</summary>
    public IReadOnlyList<string> Targets => _entry.TryGetProperty("targets", out var targets)
        ? [.. targets.EnumerateArray().Select(target => target.GetString()!)]
        : ["onnx", "tflite"];

    /// <summary>The precisions that it is to be right in beside fp32, where that is told.</summary>
    public IReadOnlyList<ModelPrecision> Precisions => _entry.TryGetProperty("precisions", out var precisions)
        ? [.. precisions.EnumerateArray().Select(name => ModelPrecisions.Of(name.GetString()!)!.Value)]
        : [];

    /// <summary>The calibration samples of every input, one behind the other.</summary>
    public (int[] Shape, float[] Values)[] Calibration
    {
        get
        {
            if (_entry.TryGetProperty("calibration", out var calibration))
            {
                return [.. calibration.EnumerateArray().Select(Tensor)];
            }

            var arguments = _entry.GetProperty("args").EnumerateArray().Select(argument => argument.GetString()!).ToList();
            var name = arguments[arguments.IndexOf("--calibration") + 1];
            using var scratch = new ScratchFolder();
            var values = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Unpacked(name + ".gz", name, scratch))).ToArray();
            var sample = Inputs.Single().Shape.Skip(1).ToArray();
            return [([values.Length / sample.Aggregate(1, (product, size) => product * size), .. sample], values)];
        }
    }

    public bool IsMatch => Text("expect") == "match";

    /// <summary>Whether right numbers do as well as a refusal.</summary>
    public bool IsOptional => _entry.TryGetProperty("optional", out var optional) && optional.GetBoolean();

    public double Tolerance => _entry.TryGetProperty("tolerance", out var tolerance) ? tolerance.GetDouble() : 1e-5;

    /// <summary>The tolerance in a precision that the entry tells beside fp32; that of int8 where it has none of its own.</summary>
    public double ToleranceIn(ModelPrecision precision) =>
        (_entry.TryGetProperty($"{precision.Name()}_tolerance", out var own) ? own : _entry.GetProperty("int8_tolerance")).GetDouble();

    public IReadOnlyList<string> RefuseNames =>
        _entry.TryGetProperty("refuse_names", out var names) ? names.EnumerateArray().Select(name => name.GetString()!).ToList() : [];

    public (int[] Shape, float[] Values)[] Inputs => [.. _entry.GetProperty("inputs").EnumerateArray().Select(Tensor)];

    public float[][] Outputs => [.. _entry.GetProperty("outputs").EnumerateArray().Select(output => Tensor(output).Values)];

    /// <summary>A tensor inside the network, and the layer that gives it.</summary>
    public (string Layer, float[] Values)? Pooled => _entry.TryGetProperty("pooled", out var pooled)
        ? (pooled.GetProperty("layer").GetString()!, Tensor(pooled).Values)
        : null;

    public static IReadOnlyList<ModelCase> Of(string folder, string manifest = "manifest.json")
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, manifest)));
        return document.RootElement.EnumerateObject().Select(entry => new ModelCase(folder, entry.Name, entry.Value.Clone())).ToList();
    }

    public static ModelCase Of(string folder, string manifest, string name) => Of(folder, manifest).Single(entry => entry.Name == name);

    /// <summary>Reads the model with the arguments that its entry asks for.</summary>
    public Model Read(IReadOnlyList<string>? exposedLayers = null)
    {
        using var scratch = new ScratchFolder();
        var options = Options(scratch) with { ExposedLayers = exposedLayers ?? [] };
        return Model.Read(Unpacked(Text("gz") ?? FileName, FileName, scratch), options, TestContext.Current.CancellationToken);
    }

    /// <summary>Greatest relative difference over all outputs, for every file that is written and every runtime that runs it.</summary>
    public IReadOnlyDictionary<string, double> Differences(Model model)
    {
        var outputs = Outputs;
        return WrittenFiles.Run(model, Inputs).ToDictionary(run => run.Key, run => WrittenFiles.Difference(outputs, run.Value));
    }

    public override string ToString() => Name;

    private string FileName => Text("model") ?? Name;

    private ModelReadOptions Options(ScratchFolder scratch)
    {
        var options = new ModelReadOptions();
        var arguments = _entry.TryGetProperty("args", out var args)
            ? args.EnumerateArray().Select(argument => argument.GetString()!).ToList()
            : [];
        var shapes = new Dictionary<string, IReadOnlyList<int>>();
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            var value = arguments[i + 1];
            switch (arguments[i])
            {
                case "--weights":
                    var stored = File.Exists(Path.Combine(Folder, value)) ? value : value + ".gz";
                    options = options with { WeightsFile = Unpacked(stored, value, scratch) };
                    break;
                case "--synthetic-seed":
                    options = options with { SyntheticSeed = ulong.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--shape":
                    var parts = value.Split('=');
                    shapes[parts[0]] = parts[1].Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture)).ToList();
                    break;
                case "--precision" or "--calibration":
                    break;
                default:
                    throw new InvalidOperationException($"unknown argument {arguments[i]}");
            }
        }

        return options with { InputShapes = shapes };
    }

    private string Unpacked(string stored, string name, ScratchFolder scratch)
    {
        var path = Path.Combine(Folder, stored);
        if (!stored.EndsWith(".gz", StringComparison.Ordinal))
        {
            return path;
        }

        var target = scratch.File(name);
        using var source = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var destination = File.Create(target);
        source.CopyTo(destination);
        return target;
    }

    private (int[] Shape, float[] Values) Tensor(JsonElement tensor) => (
        [.. tensor.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())],
        TensorElements.Read(
            tensor.GetProperty("dtype").GetString()!,
            File.ReadAllBytes(Path.Combine(Folder, tensor.GetProperty("file").GetString()!))));

    private string? Text(string key) => _entry.TryGetProperty(key, out var value) ? value.GetString() : null;
}

using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Client;

/// <summary>
/// What to measure, with the models as files of this machine: every model on every device with every runtime, precision and number of
/// threads.
/// </summary>
public sealed record Submission
{
    /// <summary>The models; at least one.</summary>
    public required IReadOnlyList<ModelFile> Models { get; init; }

    /// <summary>The devices by name; none means all that are online.</summary>
    public IReadOnlyList<DeviceName> Devices { get; init; } = [];

    /// <summary>The runtimes by name; none means all that fit.</summary>
    public IReadOnlyList<string> Runtimes { get; init; } = [];

    /// <summary>The precisions, of <see cref="Precision.All"/>; none means <see cref="Precision.Single"/>.</summary>
    public IReadOnlyList<string> Precisions { get; init; } = [];

    /// <summary>The numbers of threads of one inference; none leaves it to each device.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [];

    /// <summary>How to measure each cell.</summary>
    public MeasurementOptions Options { get; init; } = new();

    /// <summary>Inputs of the models that files of this machine give; all others are seeded.</summary>
    public IReadOnlyList<InputFile> Inputs { get; init; } = [];

    /// <summary>Whether every cell is to be measured, although a valid result of the very same conditions may be there already.</summary>
    public bool Fresh { get; init; }

    /// <summary>Makes submitting twice harmless: the same key and the same submission is the same task.</summary>
    public TaskKey Key { get; init; } = TaskKey.New();
}

/// <summary>A model file of this machine.</summary>
/// <param name="Path">The file: <c>.h5</c>, <c>.keras</c>, <c>.json</c>, <c>.onnx</c> or <c>.tflite</c>.</param>
public sealed record ModelFile(string Path)
{
    /// <summary>The weights of an architecture file, where they are not to be synthesised.</summary>
    public string? WeightsPath { get; init; }

    /// <summary>The seed of synthesised weights.</summary>
    public ulong SyntheticSeed { get; init; }

    /// <summary>Shapes, without the batch, of inputs that the file leaves open; by input name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> InputShapes { get; init; } = new Dictionary<string, IReadOnlyList<int>>();

    /// <summary>Files with inputs and expected outputs of the model: <c>input*.npy</c> and <c>expected*.npy</c>.</summary>
    public IReadOnlyList<string> CheckPaths { get; init; } = [];

    /// <summary>Files with samples of the model's inputs, by which int8 is calibrated; by input name, null for the only one.</summary>
    public IReadOnlyList<(string? Input, string Path)> CalibrationPaths { get; init; } = [];

    /// <summary>A file of measured ranges for int8, where there are no samples.</summary>
    public string? RangesPath { get; init; }

    /// <summary>Whether the model is measured without a look at what it computes.</summary>
    public bool NoCheck { get; init; }

    /// <summary>A file by its path alone.</summary>
    public static implicit operator ModelFile(string path) => new(path);
}

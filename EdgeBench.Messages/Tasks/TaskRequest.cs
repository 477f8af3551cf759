using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;

namespace EdgeBench.Messages.Tasks;

/// <summary>What a user asks for: every model on every device with every runtime, precision and number of threads.</summary>
public sealed record TaskRequest
{
    /// <summary>The models, whose files are in the artifact store already; at least one.</summary>
    public required IReadOnlyList<ModelSource> Models { get; init; }

    /// <summary>The devices by name; none means every device that is online when the task is accepted.</summary>
    public IReadOnlyList<DeviceName> Devices { get; init; } = [];

    /// <summary>The runtimes by name; none means all that fit the device.</summary>
    public IReadOnlyList<string> Runtimes { get; init; } = [];

    /// <summary>
    /// The precisions of the converted models, of <see cref="Precision.All"/>; none means <see cref="Precision.Single"/>.
    /// </summary>
    public IReadOnlyList<string> Precisions { get; init => field = value ?? []; } = [];

    /// <summary>The numbers of threads of one inference; none means what <see cref="Options"/> say.</summary>
    public IReadOnlyList<int> Threads { get; init => field = value ?? []; } = [];

    /// <summary>How to measure each cell.</summary>
    public MeasurementOptions Options { get; init; } = new();

    /// <summary>Whether every cell is to be measured, although a valid result of the very same conditions may be there already.</summary>
    public bool Fresh { get; init; }
}

/// <summary>A model as the user handed it in.</summary>
public sealed record ModelSource
{
    /// <summary>What to call it in tables: the file's name without its ending, where nothing else was said.</summary>
    public required string Name { get; init; }

    /// <summary>The file's name, whose ending helps to name the format in messages.</summary>
    public required string FileName { get; init; }

    /// <summary>The file.</summary>
    public required ArtifactRef File { get; init; }

    /// <summary>The weights of an architecture file, where they are not to be synthesised.</summary>
    public ArtifactRef? Weights { get; init; }

    /// <summary>The name of the weights file.</summary>
    public string? WeightsFileName { get; init; }

    /// <summary>The seed of synthesised weights.</summary>
    public ulong SyntheticSeed { get; init; }

    /// <summary>Shapes, without the batch, of inputs that the file leaves open; by input name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<int>> InputShapes { get; init; } = new Dictionary<string, IReadOnlyList<int>>();

    /// <summary>The user's own inputs and expected outputs: <c>input*.npy</c> and <c>expected*.npy</c>.</summary>
    public IReadOnlyList<CheckFile> Check { get; init => field = value ?? []; } = [];

    /// <summary>Whether the model is measured without a look at what it computes.</summary>
    public bool NoCheck { get; init; }

    /// <summary>Samples of the model's inputs, by which int8 is calibrated.</summary>
    public IReadOnlyList<CalibrationFile> Calibration { get; init => field = value ?? []; } = [];

    /// <summary>A file of measured ranges for int8, where there are no samples.</summary>
    public ArtifactRef? Ranges { get; init; }
}

/// <summary>A file with samples of an input.</summary>
/// <param name="Input">The input's name; null for the only one.</param>
/// <param name="File">The file.</param>
/// <param name="Name">Its name, for messages; null where an older client did not tell it.</param>
public sealed record CalibrationFile(string? Input, ArtifactRef File, string? Name = null);

/// <summary>A file that a model is checked with.</summary>
/// <param name="Name">Its name, which says what it is.</param>
/// <param name="File">The file.</param>
public sealed record CheckFile(string Name, ArtifactRef File);

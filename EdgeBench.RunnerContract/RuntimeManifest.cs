using System.Text.Json.Serialization;

namespace EdgeBench.RunnerContract;

/// <summary>
/// What a runtime is and what its image needs: the content of <c>runtimes/NAME/manifest.json</c>. Anyone can add a runtime by an image
/// whose program
/// keeps to the contract, and such a file.
/// </summary>
public sealed record RuntimeManifest
{
    /// <summary>The name of the file that holds this record.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The version of the contract that the program speaks.</summary>
    public required int Contract { get; init; }

    /// <summary>The runtime's name, as users type it: lower-case letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the runtime's native library.</summary>
    public required string Version { get; init; }

    /// <summary>The format of the models that it runs.</summary>
    public required RuntimeModelFormat Model { get; init; }

    /// <summary>The program in the image with its leading arguments; the job folder follows as the last one.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>
    /// The environment variables that the program wants: they are set in the image, and by the edge node where it starts the program
    /// itself.
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; init => field = value ?? Nothing; } = Nothing;

    /// <summary>
    /// The native libraries of the runtime, by their file names. They lie beside the program, in an image layer of their own.
    /// </summary>
    public IReadOnlyList<string> Libraries { get; init => field = value ?? []; } = [];

    /// <summary>
    /// What goes into <see cref="RuntimeImage.ProgramFolder"/> where the image is packed from files: files and folders beside the manifest.
    /// Empty means all but the files that describe the runtime.
    /// </summary>
    public IReadOnlyList<string> Files { get; init => field = value ?? []; } = [];

    /// <summary>The options that a job may set, by name, with a sentence on each.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init => field = value ?? Nothing; } = Nothing;

    private static IReadOnlyDictionary<string, string> Nothing { get; } = new Dictionary<string, string>();
}

/// <summary>The formats of models that runtimes run.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RuntimeModelFormat>))]
public enum RuntimeModelFormat
{
    /// <summary>ONNX.</summary>
    Onnx,

    /// <summary>TensorFlow Lite.</summary>
    Tflite,
}

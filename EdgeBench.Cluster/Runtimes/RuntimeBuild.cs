using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// How a runtime's image is built beyond publishing the runner: the content of <c>runtimes/NAME/build.json</c>, which a runtime has where
/// its native libraries come from elsewhere.
/// </summary>
internal sealed record RuntimeBuild
{
    /// <summary>The name of the file that holds this record.</summary>
    public const string FileName = "build.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The native libraries, one entry for each architecture.</summary>
    public IReadOnlyList<PinnedLibrary> Libraries { get; init; } = [];

    /// <summary>Reads the description of a runtime.</summary>
    /// <param name="runtimes">The folder that holds a folder for each runtime.</param>
    /// <param name="runtime">Its manifest.</param>
    /// <exception cref="RuntimeBuildException">The file is not as it must be.</exception>
    public static RuntimeBuild Read(string runtimes, RuntimeManifest runtime)
    {
        var file = Path.Combine(runtimes, runtime.Name, FileName);
        if (!File.Exists(file))
        {
            return new RuntimeBuild();
        }

        try
        {
            var build = JsonSerializer.Deserialize<RuntimeBuild>(File.ReadAllText(file), Json) ?? throw new JsonException("it is empty");
            if (build.Libraries.FirstOrDefault(library => library.Npm is null == library.Pip is null) is { } homeless)
            {
                throw new RuntimeBuildException($"{file} must name one package that holds {homeless.Name}: npm or pip");
            }

            return build.Libraries.FirstOrDefault(library => !runtime.Libraries.Contains(library.Name)) is { } stranger
                ? throw new RuntimeBuildException(
                    $"{file} names {stranger.Name}, which {RuntimeManifest.FileName} does not list among the libraries")
                : build;
        }
        catch (JsonException problem)
        {
            throw new RuntimeBuildException($"{file} is no description of a build: {problem.Message}", problem);
        }
    }
}

/// <summary>A native library inside a published package, known by its hash.</summary>
/// <param name="Name">Its file name in the image.</param>
/// <param name="Architecture">The processor architecture it is for.</param>
/// <param name="Path">Its path in the package's archive.</param>
/// <param name="Sha256">The SHA-256 of the file in lower-case hexadecimal digits.</param>
/// <param name="Npm">The npm package and version that hold it, for example <c>name@1.0.0</c>; or null.</param>
/// <param name="Pip">The wheel that holds it; or null.</param>
internal sealed record PinnedLibrary(
    string Name,
    [property: JsonConverter(typeof(RunnerContract.CamelCaseEnumConverter<Architecture>))] Architecture Architecture,
    string Path,
    string Sha256,
    string? Npm = null,
    PipWheel? Pip = null);

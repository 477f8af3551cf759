using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// Writes a Docker archive, the format of <c>docker save</c> and <c>docker load</c>: the layers, the image's configuration (OCI image
/// specification),
/// and <c>manifest.json</c>, which names them. The same layers and manifest give the same bytes.
/// </summary>
internal static class ImageArchive
{
    /// <summary>The user and group of every runner: none that a system gives to anyone.</summary>
    public const string User = "65532:65532";

    private const string Created = "1970-01-01T00:00:00Z";

    /// <summary>Writes the archive.</summary>
    public static void Write(
        Stream output, RuntimeManifest runtime, Architecture architecture, string name, IReadOnlyList<ImageLayer> layers)
    {
        var configuration = Encoding.UTF8.GetBytes(Configuration(runtime, architecture, layers).ToJsonString());
        var configurationName = Convert.ToHexStringLower(SHA256.HashData(configuration)) + ".json";
        var manifest = new JsonArray(new JsonObject
        {
            ["Config"] = configurationName,
            ["RepoTags"] = new JsonArray(name),
            ["Layers"] = Array(layers.Select(layer => LayerPath(layer))),
        });

        var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [configurationName] = configuration,
            ["manifest.json"] = Encoding.UTF8.GetBytes(manifest.ToJsonString()),
        };
        foreach (var layer in layers)
        {
            entries[LayerPath(layer)] = layer.Tar;
        }

        using var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true);
        foreach (var (path, content) in entries)
        {
            using var stream = new MemoryStream(content);
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path)
            {
                Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                ModificationTime = DateTimeOffset.UnixEpoch,
                DataStream = stream,
            });
        }
    }

    /// <summary>The digest of a layer as engines write it.</summary>
    public static string DiffId(ImageLayer layer) => "sha256:" + layer.Digest;

    private static string LayerPath(ImageLayer layer) => layer.Digest + "/layer.tar";

    private static JsonObject Configuration(RuntimeManifest runtime, Architecture architecture, IReadOnlyList<ImageLayer> layers) => new()
    {
        ["architecture"] = architecture == Architecture.X64 ? "amd64" : "arm64",
        ["config"] = new JsonObject
        {
            ["Entrypoint"] = Array(runtime.Program),
            ["Env"] = Array(Variables(runtime)),
            ["Labels"] = new JsonObject
            {
                ["edgebench.contract"] = runtime.Contract.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["edgebench.runtime"] = runtime.Name,
                ["edgebench.runtime.version"] = runtime.Version,
            },
            ["User"] = User,
            ["WorkingDir"] = "/",
        },
        ["created"] = Created,
        ["history"] = new JsonArray(
            [.. layers.Select(layer => new JsonObject { ["created"] = Created, ["created_by"] = layer.CreatedBy })]),
        ["os"] = "linux",
        ["rootfs"] = new JsonObject { ["diff_ids"] = Array(layers.Select(DiffId)), ["type"] = "layers" },
    };

    // HOME: there is no such user, and what looks for a home shall find a folder that is always there.
    private static IEnumerable<string> Variables(RuntimeManifest runtime) => runtime.Environment
        .Append(KeyValuePair.Create("HOME", "/tmp"))
        .Append(KeyValuePair.Create("PATH", RuntimeImage.ProgramFolder))
        .DistinctBy(pair => pair.Key)
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{pair.Key}={pair.Value}");

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}

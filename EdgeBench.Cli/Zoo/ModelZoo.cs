namespace EdgeBench.Cli.Zoo;

/// <summary>The architectures that come with the command, in the folder <c>zoo</c> beside it.</summary>
internal static class ModelZoo
{
    /// <summary>The five networks of the paper.</summary>
    public const string Paper = "paper";

    /// <summary>In the order of the paper's Table 2.</summary>
    private static readonly string[] PaperModels = ["efficientnet_b0", "mobilenet_v1", "mobilenet_v2", "resnet50", "densenet201"];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "zoo");

    /// <summary>The names that <see cref="Find"/> knows.</summary>
    public static IReadOnlyList<string> Names =>
        [Paper, .. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    /// <summary>The files of a set of models or of one model, or null where none has that name.</summary>
    public static IReadOnlyList<string>? Find(string name) =>
        name == Paper ? [.. PaperModels.Select(PathOf)]
        : Names.Contains(name) ? [PathOf(name)]
        : null;

    private static string PathOf(string model) => Path.Combine(Folder, $"{model}.json");
}

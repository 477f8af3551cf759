using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>Reads the manifests of <c>runtimes/</c>.</summary>
internal static partial class RuntimeFolder
{
    /// <summary>The manifest of a runtime.</summary>
    /// <param name="runtimes">The folder that holds a folder for each runtime.</param>
    /// <param name="name">The runtime's name.</param>
    /// <exception cref="RuntimeBuildException">There is no such runtime, or its manifest is not as the contract says.</exception>
    public static RuntimeManifest Read(string runtimes, string name)
    {
        var file = Path.Combine(runtimes, name, RuntimeManifest.FileName);
        if (!NamePattern().IsMatch(name) || !File.Exists(file))
        {
            string[] known = Directory.Exists(runtimes)
                ? [.. Directory.EnumerateDirectories(runtimes).Select(folder => Path.GetFileName(folder)).Order()]
                : [];
            throw new RuntimeBuildException(
                $"there is no runtime {name}; there are: {string.Join(", ", known)} (a folder each in {runtimes})");
        }

        try
        {
            var manifest = JsonSerializer.Deserialize(File.ReadAllText(file), RunnerJson.Default.RuntimeManifest)
                ?? throw new JsonException("it is empty");
            var problem = ProblemOf(manifest, name);
            return problem is null ? manifest : throw new RuntimeBuildException($"{file}: {problem}");
        }
        catch (JsonException problem)
        {
            throw new RuntimeBuildException($"{file} is no manifest: {problem.Message}", problem);
        }
    }

    private static string? ProblemOf(RuntimeManifest manifest, string name)
    {
        if (manifest.Contract != ContractVersion.Current)
        {
            return $"contract is {manifest.Contract}, but this EdgeBench speaks {ContractVersion.Current}";
        }

        if (manifest.Name != name)
        {
            return $"name is \"{manifest.Name}\", but the folder's name is \"{name}\"";
        }

        return manifest.Program is [var program, ..] && program.StartsWith(RuntimeImage.ProgramFolder + "/", StringComparison.Ordinal)
            ? null
            : $"program must begin with a path below {RuntimeImage.ProgramFolder}/";
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]*$")]
    private static partial Regex NamePattern();
}

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

        var manifest = ReadManifest(file);
        return manifest.Name == name
            ? manifest
            : throw new RuntimeBuildException($"{file}: name is \"{manifest.Name}\", but the folder's name is \"{name}\"");
    }

    /// <summary>The manifest in a folder of any name.</summary>
    /// <exception cref="RuntimeBuildException">There is none, or it is not as the contract says.</exception>
    public static RuntimeManifest ReadFrom(string folder)
    {
        var file = Path.Combine(folder, RuntimeManifest.FileName);
        return File.Exists(file)
            ? ReadManifest(file)
            : throw new RuntimeBuildException($"{folder} holds no {RuntimeManifest.FileName}, which says what a runtime is");
    }

    private static RuntimeManifest ReadManifest(string file)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(File.ReadAllText(file), RunnerJson.Default.RuntimeManifest)
                ?? throw new JsonException("it is empty");
            return ProblemOf(manifest) is { } problem ? throw new RuntimeBuildException($"{file}: {problem}") : manifest;
        }
        catch (JsonException problem)
        {
            throw new RuntimeBuildException($"{file} is no manifest: {problem.Message}", problem);
        }
    }

    private static string? ProblemOf(RuntimeManifest manifest)
    {
        if (manifest.Contract != ContractVersion.Current)
        {
            return $"contract is {manifest.Contract}, but this EdgeBench speaks {ContractVersion.Current}";
        }

        if (!NamePattern().IsMatch(manifest.Name))
        {
            return $"name is \"{manifest.Name}\", but must be lower-case letters, digits and hyphens";
        }

        // It becomes the tag of an image's name.
        if (!VersionPattern().IsMatch(manifest.Version))
        {
            return $"version is \"{manifest.Version}\", but must be letters, digits, dots, hyphens and underscores";
        }

        return manifest.Program is [var program, ..]
            && program.StartsWith(RuntimeImage.ProgramFolder + "/", StringComparison.Ordinal) && Path.GetFullPath(program) == program
            ? null
            : $"program must begin with a path below {RuntimeImage.ProgramFolder}/";
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]*$")]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$")]
    private static partial Regex VersionPattern();
}

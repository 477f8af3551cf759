using EdgeBench.EdgeNode.Images;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>One run of a runtime image's program.</summary>
public sealed record InferenceRequest
{
    /// <summary>The attempt that it belongs to; also the value of the container's label.</summary>
    public required string Attempt { get; init; }

    /// <summary>The image.</summary>
    public required LocalImage Image { get; init; }

    /// <summary>The job.</summary>
    public required Job Job { get; init; }

    /// <summary>Where the files lie that the job names: the model and inputs, by their names in the job folder.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>What the run may use up.</summary>
    public required InferenceLimits Limits { get; init; }

    /// <summary>Checks that the job's files are given, and under names that stay in the job folder.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    internal void Validate()
    {
        foreach (var name in Job.Inputs.Select(input => input.File).Append(Job.Model))
        {
            if (!Files.ContainsKey(name))
            {
                throw new ArgumentException($"the job names the file '{name}', but no path of it is given");
            }
        }

        var wrong = Files.Keys.FirstOrDefault(name =>
            name is "" or "." or ".." or Job.FileName || name.Contains('/', StringComparison.Ordinal));
        if (wrong is not null)
        {
            throw new ArgumentException($"'{wrong}' cannot be the name of a file in a job folder");
        }
    }
}

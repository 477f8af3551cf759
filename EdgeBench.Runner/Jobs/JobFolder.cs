using System.Globalization;
using System.Text.Json;
using EdgeBench.Runner.Engines;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Jobs;

/// <summary>The read-only folder that holds a job, its model and perhaps inputs.</summary>
internal sealed class JobFolder
{
    private readonly string _folder;

    private JobFolder(string folder, Job job)
    {
        _folder = folder;
        Job = job;
        Model = PathOf(job.Model, "model");
    }

    /// <summary>What to do.</summary>
    public Job Job { get; }

    /// <summary>The path of the model file, which exists.</summary>
    public string Model { get; }

    /// <summary>Reads and checks the job.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.JobNotValid"/>.</exception>
    public static JobFolder Open(string folder)
    {
        try
        {
            using var stream = File.OpenRead(Path.Combine(folder, Job.FileName));
            using var json = JsonDocument.Parse(stream);

            // Before all else: another version may have other properties.
            var version = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("contract", out var given)
                ? given.ToString()
                : "(none given)";
            Demand(
                version == ContractVersion.Current.ToString(CultureInfo.InvariantCulture),
                $"speaks version {version} of the contract, this runner speaks {ContractVersion.Current}; build the runtime's image again");
            var job = json.RootElement.Deserialize(RunnerJson.Default.Job);
            Demand(job is not null, "is empty");
            Check(job!);
            return new JobFolder(folder, job!);
        }
        catch (JsonException problem)
        {
            throw Refused($"is not as the contract says: {problem.Message}", problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Refused($"cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>Fills the model's inputs from the job's files, and from its seed where it gives none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sample">Which of the samples in the files, from 0.</param>
    /// <exception cref="RunnerException"><see cref="FailureCode.JobNotValid"/>.</exception>
    public void FillInputs(ILoadedModel model, int sample)
    {
        var given = Job.Inputs.ToDictionary(input => input.Name);
        if (given.Keys.Except(model.Inputs.Select(input => input.Name)).ToList() is { Count: > 0 } unknown)
        {
            throw Refused(
                $"gives {string.Join(", ", unknown)}, but the model's inputs are: {string.Join(", ", model.Inputs.Select(i => i.Name))}");
        }

        for (var index = 0; index < model.Inputs.Count; index++)
        {
            var description = model.Inputs[index];
            if (given.TryGetValue(description.Name, out var input))
            {
                ReadInput(input, description, sample, model.Input(index));
            }
            else
            {
                SeededInput.Fill(description.Type, Job.Seed, index, model.Input(index));
            }
        }
    }

    private void ReadInput(JobInput input, TensorDescription description, int sample, Span<byte> destination)
    {
        var path = PathOf(input.File, $"input {input.Name}");
        try
        {
            using var file = File.OpenRead(path);
            var expected = (long)destination.Length * Job.Samples;
            if (file.Length != expected)
            {
                throw Refused(
                    $"gives input {input.Name} by {input.File}, which has {file.Length} bytes; "
                    + $"{description.Type} [{string.Join(", ", description.Shape)}] takes {expected}"
                    + (Job.Samples > 1 ? $" for {Job.Samples} samples" : ""));
            }

            file.Position = (long)destination.Length * sample;
            file.ReadExactly(destination);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Refused($"gives input {input.Name} by a file that cannot be read: {problem.Message}", problem);
        }
    }

    private static void Check(Job job)
    {
        Demand(Enum.IsDefined(job.Mode), "names no mode");
        Demand(job.Threads >= 1, $"asks for {job.Threads} threads; at least 1 is needed");
        Demand(
            job.Samples == 1 || (job.Samples > 1 && job.Mode == JobMode.Outputs),
            $"asks for {job.Samples} samples; there is at least one, and more only in the mode outputs");
        Demand(job.Timed.Runs >= 1, $"asks for {job.Timed.Runs} timed runs; at least 1 is needed");
        Demand(
            job.Timed.MinimumMilliseconds >= 0 && job.WarmUp is { MinimumRuns: >= 0, MinimumMilliseconds: >= 0, MaximumMilliseconds: >= 0 },
            "has a negative number in warmUp or timed");
        var twice = job.Inputs.GroupBy(input => input.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        Demand(twice is null, $"gives input {twice} twice");
    }

    private string PathOf(string name, string what)
    {
        Demand(
            name is not ("" or "." or "..") && !name.Contains('/') && !name.Contains('\0'),
            $"{what}: \"{name}\" is not the name of a file in the job folder");
        var path = Path.Combine(_folder, name);
        Demand(File.Exists(path), $"{what}: there is no file {name} in the job folder");
        return path;
    }

    private static void Demand(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Refused(otherwise);
        }
    }

    private static RunnerException Refused(string what, Exception? inner = null) =>
        new(FailureCode.JobNotValid, $"{Job.FileName} {what}", inner);
}

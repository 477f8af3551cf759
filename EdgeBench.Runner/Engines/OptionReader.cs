using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines;

/// <summary>Reads the options of a job, each of which allows a few words.</summary>
internal sealed class OptionReader
{
    private readonly IReadOnlyDictionary<string, string> _given;

    /// <summary>Checks that all given options are known.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.JobNotValid"/>: one is not.</exception>
    public OptionReader(IReadOnlyDictionary<string, string> given, params IReadOnlyList<string> known)
    {
        if (given.Keys.Except(known).ToList() is { Count: > 0 } unknown)
        {
            throw new RunnerException(
                FailureCode.JobNotValid,
                $"job.json: unknown option {string.Join(", ", unknown)}; this runtime knows: {string.Join(", ", known)}");
        }

        _given = given;
    }

    /// <summary>The value of an option, or the first of the allowed words where none is given.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.JobNotValid"/>: the value is none of them.</exception>
    public string Read(string name, params ReadOnlySpan<string> allowed)
    {
        var value = _given.GetValueOrDefault(name, allowed[0]);
        return allowed.Contains(value)
            ? value
            : throw new RunnerException(
                FailureCode.JobNotValid, $"job.json: option {name} cannot be \"{value}\"; it can be: {string.Join(", ", allowed!)}");
    }
}

using System.Text.Json;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>What a command left behind.</summary>
/// <param name="ExitCode">Its exit code; 128 and the number where a signal ended it.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Its standard output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The lines of its standard error.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// Whether it did what it was told. That a machine on which other tests run gives results that are INVALID is no failure.
    /// </summary>
    public bool IsDone => ExitCode is 0 or 5;

    /// <summary>This result, which must be a good one.</summary>
    public CommandResult Succeeded()
    {
        Assert.True(IsDone, $"exit code {ExitCode}: {Error}{Output}");
        return this;
    }

    /// <summary>Sees that the command failed as it should: this exit code, and one line on standard error that says why.</summary>
    public void FailedWith(int exitCode, params string[] parts)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}: {Error}{Output}");
        var line = Assert.Single(ErrorLines);
        Assert.StartsWith("edgebench: ", line, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, line, StringComparison.Ordinal));
    }
}

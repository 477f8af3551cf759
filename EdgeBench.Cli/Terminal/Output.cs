namespace EdgeBench.Cli.Terminal;

/// <summary>What programs read of a command: <c>docs/output.md</c> has every field.</summary>
internal static class Output
{
    /// <summary>
    /// The version of the form. Fields may be added under it; one that changes its meaning or goes away makes a new version.
    /// </summary>
    public const int Schema = 1;
}

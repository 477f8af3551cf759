namespace EdgeBench.Cli.Terminal;

/// <summary>Says each step at once; <see cref="Progress{T}"/> would say it on another thread, after the next may have begun.</summary>
/// <param name="screen">Where to.</param>
internal sealed class StepNotes(Screen screen) : IProgress<string>
{
    /// <inheritdoc />
    public void Report(string value) => screen.Note(value);
}

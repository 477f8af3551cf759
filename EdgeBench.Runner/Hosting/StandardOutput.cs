namespace EdgeBench.Runner.Hosting;

/// <summary>The standard output, which carries nothing but lines of the contract.</summary>
internal static class StandardOutput
{
    private const int Output = 1;
    private const int Error = 2;

    /// <summary>
    /// Takes the standard output; whatever else writes to it from now on, such as a native library, writes to the standard error.
    /// </summary>
    public static Stream TakeOver()
    {
        // The stream has a descriptor of its own.
        var stream = Console.OpenStandardOutput();
        return SystemCalls.DuplicateOnto(Error, Output) >= 0 ? stream : throw new IOException("the standard error is closed");
    }
}

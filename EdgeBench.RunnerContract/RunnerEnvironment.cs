namespace EdgeBench.RunnerContract;

/// <summary>Environment variables by which an edge node tells a runner how it was started.</summary>
public static class RunnerEnvironment
{
    /// <summary>
    /// Set to <c>1</c> where the runner is a child process: its standard input is then a pipe that nothing is written to, and the runner
    /// ends at once when
    /// that is closed. So it does not outlive the edge node, however that ends. (A parent-death signal would be sent as soon as the
    /// <em>thread</em> ends that started the runner.)
    /// </summary>
    public const string EndWithStandardInput = "EDGEBENCH_END_WITH_STDIN";
}

namespace EdgeBench.EdgeNode.Inference;

/// <summary>The failures of runs that we ended ourselves.</summary>
internal static class StopFailure
{
    public static InferenceFailure OnRequest { get; } = new(InferenceFailureKind.Stopped, "the run was stopped on request");

    public static InferenceFailure TimedOut(TimeSpan limit, string? lastOutput) =>
        new(
            InferenceFailureKind.TimedOut,
            $"the runner did not end within {limit.TotalSeconds:0.###} s and was ended; raise the limit, or ask for fewer runs",
            lastOutput);
}

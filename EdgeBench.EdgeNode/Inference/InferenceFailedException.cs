namespace EdgeBench.EdgeNode.Inference;

/// <summary>Carries a failure from where it is seen up to the host that returns it. Never leaves this project.</summary>
internal sealed class InferenceFailedException : Exception
{
    public InferenceFailedException(InferenceFailure failure)
        : base(failure.Message) => Failure = failure;

    public InferenceFailedException(InferenceFailureKind kind, string message, Exception? cause = null)
        : base(message, cause) => Failure = new InferenceFailure(kind, message);

    public InferenceFailure Failure { get; }
}

namespace EdgeBench.Messages.Measurements;

/// <summary>Names of facts that both ends look at.</summary>
public static class FactNames
{
    /// <summary>The identity of the runtime image, see <see cref="Runtimes.RuntimeImageRef.Identity"/>.</summary>
    public const string RuntimeImage = "runtime.image";
}

using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>By what a server knows that nothing has changed on this machine since a measurement.</summary>
internal static class HostIdentity
{
    /// <summary>The hash over the machine's facts and its last boot: a reboot may change what no fact tells of.</summary>
    public static Sha256 Of(IReadOnlyList<NamedFact> facts) =>
        new Fingerprint([.. facts, new NamedFact("boot", MachineBoot.Current)]).Hash();
}

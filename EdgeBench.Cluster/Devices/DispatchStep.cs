using System.Collections.Immutable;

namespace EdgeBench.Cluster.Devices;

/// <summary>A dispatch after an input, with what is to be done.</summary>
internal sealed record DispatchStep(Dispatch Dispatch, ImmutableArray<DispatchEffect> Effects)
{
    /// <summary>This step with one more effect.</summary>
    public DispatchStep Then(DispatchEffect effect) => this with { Effects = Effects.Add(effect) };

    /// <summary>This step with more effects.</summary>
    public DispatchStep Then(IEnumerable<DispatchEffect> effects) => this with { Effects = Effects.AddRange(effects) };

    /// <summary>This step, with devices and cells brought together as far as that goes now.</summary>
    public DispatchStep Settle(DateTimeOffset now) => Dispatch.Settle(this, now);

    /// <summary>This step with a changed dispatch.</summary>
    public DispatchStep With(Dispatch dispatch) => this with { Dispatch = dispatch };
}

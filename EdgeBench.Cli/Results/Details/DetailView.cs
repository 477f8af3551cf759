using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.Cli.Results.Details;

/// <summary>One side of a result that the table has no room for.</summary>
internal abstract class DetailView
{
    /// <summary>The views by the option that asks for each.</summary>
    public static IReadOnlyList<DetailView> All { get; } =
        [new SamplesView(), new PhasesView(), new FingerprintView(), new TelemetryView()];

    /// <summary>The option's name, without hyphens; as JSON the name of the part too.</summary>
    public abstract string Name { get; }

    /// <summary>What help says.</summary>
    public abstract string Description { get; }

    /// <summary>Whether it wants what was recorded, which is an artifact of its own.</summary>
    public abstract bool WantsRecord { get; }

    /// <summary>Prints it for people.</summary>
    /// <param name="cell">A cell with a result.</param>
    /// <param name="raw">What was recorded, or null where it is not wanted.</param>
    /// <param name="screen">Where.</param>
    public abstract void Show(CellView cell, RawMeasurement? raw, Screen screen);

    /// <summary>What JSON says.</summary>
    /// <param name="cell">A cell with a result.</param>
    /// <param name="raw">What was recorded, or null where it is not wanted.</param>
    public abstract object Describe(CellView cell, RawMeasurement? raw);
}

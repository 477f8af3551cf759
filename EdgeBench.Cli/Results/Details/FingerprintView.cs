using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using Spectre.Console;

namespace EdgeBench.Cli.Results.Details;

/// <summary>All that can move the latency, with why a fact is missing.</summary>
internal sealed class FingerprintView : DetailView
{
    /// <inheritdoc />
    public override string Name => "fingerprint";

    /// <inheritdoc />
    public override string Description => "Show all that can move the latency: device, settings, runtime, model, options";

    /// <inheritdoc />
    public override bool WantsRecord => false;

    /// <inheritdoc />
    public override void Show(CellView cell, RawMeasurement? raw, Screen screen)
    {
        if (cell.Result!.Fingerprint is not { } fingerprint)
        {
            screen.Line("no fingerprint was recorded");
            return;
        }

        var table = screen.CreateTable("Fact", "Value");
        foreach (var fact in fingerprint.Facts)
        {
            table.AddRow(screen.Cell(fact.Name), screen.Cell(fact.Value ?? $"({fact.Missing ?? "not known"})"));
        }

        screen.Show(table);
        screen.Line($"fingerprint {fingerprint.Hash().Hex}");
    }

    /// <inheritdoc />
    public override object Describe(CellView cell, RawMeasurement? raw) => new
    {
        sha256 = cell.Result!.Fingerprint?.Hash().Hex,
        facts = cell.Result.Fingerprint?.Facts ?? [],
    };
}

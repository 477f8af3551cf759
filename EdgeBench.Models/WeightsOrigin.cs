using System.Globalization;

namespace EdgeBench.Models;

/// <summary>Where the weights of a model come from.</summary>
public sealed record WeightsOrigin
{
    private WeightsOrigin(string text) => Text = text;

    /// <summary>The weights lie in the model file itself.</summary>
    public static WeightsOrigin Stored { get; } = new("stored");

    /// <summary>How results name it: <c>stored</c>, <c>joined(FILE)</c> or <c>synthetic(SEED)</c>.</summary>
    public string Text { get; }

    /// <summary>Whether the weights were made up, so that outputs mean nothing and only times do.</summary>
    public bool IsSynthetic { get; private init; }

    /// <summary>Weights read from a file of their own.</summary>
    /// <param name="file">The file; only its name is kept.</param>
    public static WeightsOrigin Joined(string file) => new($"joined({Path.GetFileName(file)})");

    /// <summary>Weights drawn by the rule of <c>docs/models.md</c>.</summary>
    /// <param name="seed">What was added to every variable's own seed.</param>
    public static WeightsOrigin Synthetic(ulong seed) =>
        new(string.Create(CultureInfo.InvariantCulture, $"synthetic({seed})")) { IsSynthetic = true };

    /// <inheritdoc/>
    public override string ToString() => Text;
}

using System.Globalization;
using System.Text;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Conversion;

/// <summary>By what a conversion is known: all that its outcome depends on.</summary>
internal static class ConversionKey
{
    /// <summary>The key of a conversion.</summary>
    /// <param name="source">The model as the user handed it in.</param>
    /// <param name="format">The format.</param>
    /// <param name="converter">The version of the converter.</param>
    /// <param name="precision">The precision.</param>
    public static Sha256 Of(ModelSource source, string format, string converter, string precision = Precision.Single)
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"converter {converter}")
            .AppendLine(CultureInfo.InvariantCulture, $"format {format}")
            .AppendLine(CultureInfo.InvariantCulture, $"file {source.File.Sha256} {source.FileName}")
            .AppendLine(CultureInfo.InvariantCulture, $"weights {source.Weights?.Sha256} {source.WeightsFileName}")
            .AppendLine(CultureInfo.InvariantCulture, $"seed {source.SyntheticSeed}")
            .AppendLine(CultureInfo.InvariantCulture, $"check {!source.NoCheck}");
        foreach (var (input, shape) in source.InputShapes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"shape {input}={string.Join(',', shape)}");
        }

        foreach (var check in source.Check.OrderBy(check => check.Name, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"check {check.Name} {check.File.Sha256}");
        }

        if (precision != Precision.Single)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"precision {precision}");
        }

        if (precision == Precision.Integer)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"ranges {source.Ranges?.Sha256}");
            foreach (var samples in source.Calibration)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"calibration {samples.Input} {samples.File.Sha256}");
            }
        }

        return Sha256.Of(Encoding.UTF8.GetBytes(text.ToString()));
    }
}

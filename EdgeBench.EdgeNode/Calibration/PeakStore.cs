using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Observation;

namespace EdgeBench.EdgeNode.Calibration;

/// <summary>Keeps measured peaks in a file, for one boot and one fingerprint of the machine.</summary>
/// <param name="file">The file.</param>
/// <param name="boot">The identity of this boot.</param>
internal sealed class PeakStore(string file, string boot)
{
    /// <summary>What is kept for this boot and fingerprint; empty where it is for others, or cannot be read.</summary>
    public KnownPeaks Read(string fingerprint)
    {
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(file), PeakJson.Default.KnownPeaks) is { } known
                && known.Boot == boot && known.Fingerprint == fingerprint)
            {
                return known;
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            // Then they are measured again.
        }

        return new KnownPeaks(boot, fingerprint, []);
    }

    /// <summary>Keeps them. Where that fails they are measured again the next time.</summary>
    public void Write(KnownPeaks peaks)
    {
        try
        {
            DurableFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(peaks, PeakJson.Default.KnownPeaks));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A full disk is told where a result cannot be written; a peak is not worth a failed measurement.
        }
    }
}

/// <summary>Peaks of one boot of a machine.</summary>
/// <param name="Boot">The boot.</param>
/// <param name="Fingerprint">The hash of the machine's fingerprint.</param>
/// <param name="Peaks">The peaks.</param>
internal sealed record KnownPeaks(string Boot, string Fingerprint, IReadOnlyList<KnownPeak> Peaks)
{
    /// <summary>The peak of a type of number on CPUs, or null.</summary>
    public ArithmeticPeak? Find(NumberType type, CpuSet cpus) =>
        Peaks.FirstOrDefault(known => known.Type == type && known.Cpus.Equals(cpus))?.Peak;

    /// <summary>These, and one more.</summary>
    public KnownPeaks With(NumberType type, CpuSet cpus, ArithmeticPeak peak) =>
        this with { Peaks = [.. Peaks, new KnownPeak(type, cpus, peak)] };
}

/// <summary>A peak with what it is of.</summary>
internal sealed record KnownPeak(NumberType Type, CpuSet Cpus, ArithmeticPeak Peak);

/// <summary>The JSON of the file.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KnownPeaks))]
internal sealed partial class PeakJson : JsonSerializerContext;

using System.Globalization;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Joining;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Runtimes;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>
/// The fingerprint of a measurement: the machine's facts, and what was run on it and how. <c>docs/measurement.md</c> lists the names.
/// </summary>
internal static class MeasurementFingerprint
{
    /// <summary>The fingerprint, or null where the machine's facts were not read.</summary>
    public static Fingerprint? Of(MeasurementResult result) => result.Facts is { } machine
        ? new Fingerprint([.. machine, .. Runtime(result), .. Container(result), .. Model(result), .. Run(result)])
        : null;

    private static IEnumerable<NamedFact> Runtime(MeasurementResult result)
    {
        yield return new NamedFact("edge.version", NodeVersion.Current);
        yield return new NamedFact("runtime.name", result.Runtime?.Name);
        yield return new NamedFact("runtime.version", result.Runtime?.Version);
        yield return new NamedFact(FactNames.RuntimeImage, RuntimeImageRef.IdentityOf(result.Image).Hex);
        yield return new NamedFact("runtime.image.layers", string.Join(' ', result.Image));
        foreach (var (name, hash) in result.Libraries.OrderBy(library => library.Key, StringComparer.Ordinal))
        {
            yield return new NamedFact($"runtime.library.{name}.sha256", hash);
        }
    }

    private static IEnumerable<NamedFact> Container(MeasurementResult result)
    {
        var container = result.Isolation == Isolation.Container;
        yield return new NamedFact("run.isolation", container ? "container" : "process");
        yield return new NamedFact("run.cpus", result.Limits.Cpus.ToString());
        yield return new NamedFact("run.memory-limit.bytes", Text(result.Limits.MemoryBytes));
        yield return container
            ? new NamedFact("run.process-limit", Text(result.Limits.Pids))
            : new NamedFact("run.process-limit", null, "a child process has none");
    }

    private static IEnumerable<NamedFact> Model(MeasurementResult result)
    {
        yield return new NamedFact("model.sha256", result.Model.Sha256);
        yield return new NamedFact("model.format", result.Model.Format);
        yield return new NamedFact("model.precision", result.Model.Precision);
        yield return result.Model.Converter is { } converter
            ? new NamedFact("converter.version", converter)
            : new NamedFact("converter.version", null, "the server does not tell");
    }

    private static IEnumerable<NamedFact> Run(MeasurementResult result)
    {
        var asked = result.Asked;
        yield return new NamedFact("run.threads", result.Threads is { } threads ? Text(threads) : null);
        foreach (var (name, value) in (result.Options ?? new Dictionary<string, string>()).OrderBy(option => option.Key, StringComparer.Ordinal))
        {
            yield return new NamedFact($"run.option.{name}", value);
        }

        yield return new NamedFact("run.seed", Text(asked.Seed));
        foreach (var input in asked.Inputs.OrderBy(input => input.Name, StringComparer.Ordinal))
        {
            yield return new NamedFact($"run.input.{input.Name}.sha256", input.File.Sha256.Hex);
        }

        yield return new NamedFact("run.runs", Text(asked.Runs));
        yield return new NamedFact("run.minimum.milliseconds", Text(asked.MinimumMilliseconds));
        yield return new NamedFact("run.starts", Text(asked.Starts));
        yield return asked.Until is { } until
            ? new NamedFact("run.until", until.ToString(CultureInfo.InvariantCulture))
            : new NamedFact("run.until", null, "no interval was asked for");
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}

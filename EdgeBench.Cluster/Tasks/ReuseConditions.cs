using System.Text.Json;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Runtimes;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Tasks;

/// <summary>
/// All that must be the same for a result to be used again: the converted model, how it is measured, the runtime image, the device, its
/// facts since its last boot, and the version of its edge node. Two hashes, as a task knows the first part and the coordinator the rest.
/// </summary>
internal static class ReuseConditions
{
    /// <summary>What a cell is to be measured with, whatever the device.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="model">The converted model.</param>
    public static Sha256 OfCell(Cell cell, ArtifactRef model)
    {
        var options = cell.Options with
        {
            Inputs = [.. cell.Options.Inputs.OrderBy(input => input.Name, StringComparer.Ordinal)],
            RuntimeOptions = new SortedDictionary<string, string>(
                cell.Options.RuntimeOptions.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal),
        };
        return Hash(
            model.Sha256.Hex,
            cell.Format,
            cell.Precision,
            JsonSerializer.Serialize(options, MessagesJson.Options));
    }

    /// <summary>The whole, for a cell that a device could begin now.</summary>
    /// <returns>Null where the device does not tell its facts: then nothing is used again.</returns>
    public static Sha256? Of(Sha256? cell, DeviceId device, DeviceDescription description, RuntimeImageRef image) =>
        cell is null || description.Host is not { } host ? null
        : Whole(cell, device, host, description.EdgeVersion, description.Isolation, image.Identity().Hex);

    /// <summary>The whole, for a result.</summary>
    /// <returns>Null where it may not be used again: it is not valid, or what it was measured under is not known.</returns>
    public static Sha256? Of(Cell cell, ArtifactRef model, CellResult result) =>
        result.Verdict is not { Level: VerdictLevel.Valid } || result.Host is not { } host
            || result.Fingerprint?[FactNames.RuntimeImage] is not { } image
            ? null
            : Whole(OfCell(cell, model), cell.Device, host, result.Conditions.EdgeVersion, result.Conditions.Isolation, image);

    private static Sha256 Whole(Sha256 cell, DeviceId device, Sha256 host, string edgeVersion, string isolation, string image) =>
        Hash(cell.Hex, device.ToString(), host.Hex, edgeVersion, isolation, image);

    private static Sha256 Hash(params string[] parts) => Sha256.Of(JsonSerializer.SerializeToUtf8Bytes(parts));
}

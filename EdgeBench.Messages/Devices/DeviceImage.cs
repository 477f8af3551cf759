using System.Text.Json.Serialization;
using EdgeBench.Messages.Artifacts;

namespace EdgeBench.Messages.Devices;

/// <summary>A runtime image that a device gets ready while it has nothing else to do, as the device tells it.</summary>
/// <param name="Runtime">The runtime's name.</param>
/// <param name="Identity">Which image, see <see cref="Runtimes.RuntimeImageRef.Identity()"/>.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="Problem">Why it is not ready, where getting it failed; one line.</param>
public sealed record DeviceImage(string Runtime, Sha256 Identity, ImagePhase Phase, string? Problem = null);

/// <summary>How far a runtime image on a device is.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ImagePhase>))]
public enum ImagePhase
{
    /// <summary>Its turn has not come, or the device measures.</summary>
    Waiting,

    /// <summary>It comes from the server.</summary>
    Fetching,

    /// <summary>The engine loads or pulls it; without an engine it is unpacked.</summary>
    Loading,

    /// <summary>A measurement with it can begin at once.</summary>
    Ready,

    /// <summary>It could not be had; that is tried again, and a measurement tries it anyhow.</summary>
    Failed,
}

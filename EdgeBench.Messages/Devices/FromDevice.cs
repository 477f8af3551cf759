using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Devices;

/// <summary>From a device to the coordinator.</summary>
public interface IFromDevice : IWireMessage
{
    /// <summary>The device.</summary>
    DeviceId Device { get; }
}

/// <summary>What a device says.</summary>
public static class FromDevice
{
    /// <summary>
    /// A device is there. Repeated until answered, and again whenever the coordinator asks for it; the answer is <see
    /// cref="ToDevice.Registered"/> or
    /// <see cref="ToDevice.RegistrationRefused"/>.
    /// </summary>
    /// <param name="Device">Its identity.</param>
    /// <param name="Session">New with every round of registration, be it of a new ActorSystem or asked for: what belongs to an older one no
    /// longer counts.</param>
    /// <param name="Name">What people call it.</param>
    /// <param name="Description">What it is.</param>
    /// <param name="Holding">The attempts that it is at or holds a result of.</param>
    /// <param name="Token">The server's token.</param>
    [Manifest("reg1")]
    public sealed record Register(
        DeviceId Device, Guid Session, DeviceName Name, DeviceDescription Description,
        IReadOnlyList<AttemptId> Holding, string Token) : IFromDevice;

    /// <summary>
    /// Sent at every interval. <paramref name="Busy"/> null means that it could begin now: it has stopped every attempt that its
    /// registration did not confirm.
    /// </summary>
    /// <param name="Device">The device.</param>
    /// <param name="Session">The session that it registered.</param>
    /// <param name="Number">Counts the heartbeats of a session.</param>
    /// <param name="Busy">The attempt that it is at.</param>
    /// <param name="Problem">Why nothing can be measured now, or null.</param>
    /// <param name="Host">The present <see cref="DeviceDescription.Host"/>.</param>
    /// <param name="Images">The images that it was told to get ready, and how far each is.</param>
    [Manifest("beat1")]
    public sealed record Heartbeat(
        DeviceId Device, Guid Session, long Number, AttemptId? Busy, string? Problem, Sha256? Host = null,
        IReadOnlyList<DeviceImage>? Images = null) : IFromDevice;

    /// <summary>The device has the assignment and begins. Answers <see cref="ToDevice.RunCell"/>.</summary>
    [Manifest("began1")]
    public sealed record AttemptStarted(DeviceId Device, AttemptId Attempt) : IFromDevice;

    /// <summary>How far an attempt is. Lost ones do no harm.</summary>
    /// <param name="Device">The device.</param>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Phase">What it is doing, in one or two words.</param>
    /// <param name="Runs">The timed runs so far, over all starts.</param>
    /// <param name="Start">Which fresh start it is at, from 1; 0 before the first.</param>
    /// <param name="Starts">How many there will be, or at least; 0 before that is known.</param>
    [Manifest("prog1")]
    public sealed record AttemptProgress(
        DeviceId Device, AttemptId Attempt, string Phase, int Runs, int Start = 0, int Starts = 0) : IFromDevice;

    /// <summary>An attempt ended with a result. Repeated until the answer is final; see <see cref="ToDevice.AttemptAnswer"/>.</summary>
    [Manifest("result1")]
    public sealed record AttemptMeasured(DeviceId Device, AttemptId Attempt, CellResult Result) : IFromDevice;

    /// <summary>An attempt ended without a result. Repeated until the answer is final.</summary>
    [Manifest("noresult1")]
    public sealed record AttemptFailed(DeviceId Device, AttemptId Attempt, CellFailure Failure) : IFromDevice;

    /// <summary>The node goes away on purpose.</summary>
    [Manifest("leave1")]
    public sealed record Leaving(DeviceId Device, Guid Session) : IFromDevice;
}

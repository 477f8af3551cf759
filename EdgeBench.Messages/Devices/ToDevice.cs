using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Runtimes;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Devices;

/// <summary>From the coordinator to a device.</summary>
public interface IToDevice : IWireMessage;

/// <summary>What the coordinator says to a device.</summary>
public static class ToDevice
{
    /// <summary>The device is registered.</summary>
    /// <param name="Session">The session that registered.</param>
    /// <param name="Server">The server, under whose id results wait.</param>
    /// <param name="Incarnation">The server's ActorSystem: another number in a heartbeat's answer means that it was restarted.</param>
    /// <param name="Valid">Of the attempts that the device holds, those that still count. It stops all others, and only then is
    /// idle.</param>
    /// <param name="HeartbeatMilliseconds">How often to send a heartbeat.</param>
    [Manifest("regok1")]
    public sealed record Registered(
        Guid Session, ServerId Server, long Incarnation, IReadOnlyList<AttemptId> Valid, int HeartbeatMilliseconds) : IToDevice;

    /// <summary>The device is not registered.</summary>
    /// <param name="Session">The session that wanted to.</param>
    /// <param name="Message">One line: why, and the line to type.</param>
    [Manifest("regno1")]
    public sealed record RegistrationRefused(Guid Session, string Message) : IToDevice;

    /// <summary>Answers a heartbeat.</summary>
    [Manifest("beatok1")]
    public sealed record HeartbeatAck(Guid Session, long Number, long Incarnation) : IToDevice;

    /// <summary>The coordinator does not know the device, or knows a newer session of it: register again.</summary>
    [Manifest("again1")]
    public sealed record RegisterAgain(Guid Session) : IToDevice;

    /// <summary>
    /// These are the server's images for the device's architecture: get them ready while there is nothing else to do. Answered by the
    /// images in the device's heartbeats, and repeated to an idle device until those are the same.
    /// </summary>
    [Manifest("images1")]
    public sealed record PrepareImages(Guid Session, IReadOnlyList<RuntimeImageRef> Images) : IToDevice;

    /// <summary>
    /// Take this cell. Safe to repeat: an attempt that the device holds, held or was told to stop is not begun again. Sent only to a device
    /// that has
    /// answered for all that it was given before.
    /// </summary>
    [Manifest("run1")]
    public sealed record RunCell(ServerId Server, AttemptId Attempt, Assignment Assignment) : IToDevice;

    /// <summary>
    /// Stop this attempt; its result no longer counts. Always answered by <see cref="FromDevice.AttemptFailed"/> once nothing of it runs
    /// (or by the result, where that came first), even where the device does not hold the attempt: until then the device is given
    /// nothing else. Repeated until that answer.
    /// </summary>
    [Manifest("stop1")]
    public sealed record StopAttempt(AttemptId Attempt, string Reason) : IToDevice;

    /// <summary>Answers a result or a failure.</summary>
    /// <param name="Attempt">The attempt.</param>
    /// <param name="Answer">What became of it.</param>
    /// <param name="Missing">With <see cref="ResultAnswer.Missing"/>: the artifact to upload before the result is sent again.</param>
    [Manifest("answer1")]
    public sealed record AttemptAnswer(AttemptId Attempt, ResultAnswer Answer, ArtifactRef? Missing = null) : IToDevice;
}

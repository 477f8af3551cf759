using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Runtimes;

namespace EdgeBench.EdgeNode.Images;

/// <summary>
/// Gets the server's runtime images ready while the device has nothing else to do, so that no measurement waits for them. It outlives an
/// ActorSystem, and stands still until it is told that the device is idle.
/// </summary>
internal interface IImagePreparation
{
    /// <summary>The images and how far each is.</summary>
    IReadOnlyList<DeviceImage> Images { get; }

    /// <summary>These are the images; what was ready stays so.</summary>
    void Want(IReadOnlyList<RuntimeImageRef> images);

    /// <summary>The device is idle. Nothing happens where that is known.</summary>
    void Resume();

    /// <summary>The device has something to do. The task ends, without exceptions, when nothing of the preparation runs any more.</summary>
    Task PauseAsync();
}

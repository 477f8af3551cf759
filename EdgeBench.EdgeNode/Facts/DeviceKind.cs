namespace EdgeBench.EdgeNode.Facts;

/// <summary>The kinds of devices that users name in a task, as the part after <c>device-</c> of a node's role.</summary>
public static class DeviceKind
{
    /// <summary>Any device that is none of the known boards.</summary>
    public const string Generic = "generic";

    // The first row whose words all occur in the board's model is the kind; so the narrower name comes first.
    private static readonly (string[] Words, string Kind)[] Boards =
    [
        (["Raspberry Pi", "Zero 2"], "rpi-zero2"),
        (["Raspberry Pi", "Zero"], "rpi-zero"),
        (["Raspberry Pi 5"], "rpi5"),
        (["Raspberry Pi", "Compute Module 5"], "rpi5"),
        (["Raspberry Pi 4"], "rpi4"),
        (["Raspberry Pi", "Compute Module 4"], "rpi4"),
        (["Raspberry Pi 3"], "rpi3"),
        (["Raspberry Pi", "Compute Module 3"], "rpi3"),
        (["NVIDIA", "Orin", "Nano"], "orin-nano"),
        (["NVIDIA", "Orin", "NX"], "orin-nx"),
        (["NVIDIA", "Orin"], "orin"),
        (["NVIDIA", "Xavier", "NX"], "xavier-nx"),
        (["NVIDIA", "Xavier"], "xavier"),
        // Device trees of an AGX Xavier say no more than this.
        (["Jetson-AGX"], "xavier"),
        (["Jetson", "TX2"], "jetson-tx2"),
        (["Jetson", "TX1"], "jetson-tx1"),
        (["Jetson", "Nano"], "jetson-nano"),
    ];

    /// <summary>The kind of the board whose model the device tree or the DMI table names so.</summary>
    public static string OfBoard(string model) =>
        Boards.FirstOrDefault(board => board.Words.All(word => model.Contains(word, StringComparison.OrdinalIgnoreCase))).Kind ?? Generic;
}

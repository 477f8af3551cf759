using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Observation;

namespace EdgeBench.EdgeNode.Calibration;

/// <summary>
/// The most arithmetic of the GPUs of Jetson modules, from what NVIDIA publishes: cores, tensor cores and highest clock in the modules'
/// data sheets, multiply-adds per clock in the CUDA programming guide's table of arithmetic throughput and the white papers of the
/// architectures.
/// </summary>
public static class GpuPeaks
{
    private static readonly Gpu[] Gpus =
    [
        new("jetson-nano", "Jetson Nano", Architecture.Maxwell, 128, 0, 921_600_000),
        new("jetson-tx1", "Jetson TX1", Architecture.Maxwell, 256, 0, 998_400_000),
        new("jetson-tx2", "Jetson TX2", Architecture.Pascal, 256, 0, 1_300_500_000),
        new("xavier-nx", "Jetson Xavier NX", Architecture.Volta, 384, 48, 1_109_250_000),
        new("xavier", "Jetson AGX Xavier", Architecture.Volta, 512, 64, 1_377_000_000),
        new("orin-nano", "Jetson Orin Nano 8 GB", Architecture.Ampere, 1024, 32, 1_020_000_000),
        new("orin-nx", "Jetson Orin NX 16 GB", Architecture.Ampere, 1024, 32, 1_173_000_000),
        new("orin", "Jetson AGX Orin 64 GB", Architecture.Ampere, 2048, 64, 1_300_500_000),
    ];

    private enum Architecture
    {
        Maxwell,
        Pascal,
        Volta,
        Ampere,
    }

    /// <summary>
    /// The peak of dense arithmetic of a kind of device's GPU, or null where none is published. Half the figures that are quoted for
    /// sparse networks.
    /// </summary>
    /// <param name="kind">The kind, see <see cref="DeviceKind"/>.</param>
    /// <param name="type">The type of the numbers.</param>
    /// <param name="hertz">The highest clock that the device allows, where it is known; else the highest that its module has.</param>
    public static ArithmeticPeak? Of(string kind, NumberType type, long? hertz = null)
    {
        if (Gpus.FirstOrDefault(gpu => gpu.Kind == kind) is not { } gpu)
        {
            return null;
        }

        var clock = hertz ?? gpu.Hertz;
        var multiplyAdds = Math.Max(gpu.Cores * OfACore(gpu.Architecture, type), gpu.TensorCores * OfATensorCore(gpu.Architecture, type));
        return new ArithmeticPeak(
            2.0 * multiplyAdds * clock,
            $"NVIDIA's data sheet of the {gpu.Name}: {gpu.Cores} cores"
            + (gpu.TensorCores > 0 ? $", {gpu.TensorCores} tensor cores" : "") + $" at {clock / 1_000_000} MHz");
    }

    // Multiply-adds per clock. Integers of 8 bits have no instruction of their own before Volta here, and go through half precision.
    private static long OfACore(Architecture architecture, NumberType type) => (architecture, type) switch
    {
        (_, NumberType.Float32) => 1,
        (Architecture.Maxwell or Architecture.Pascal, _) => 2,
        (_, NumberType.Float16) => 2,
        _ => 4,
    };

    // Ampere's take single precision too, rounded to 19 bits (TF32), which TensorRT uses unless told otherwise.
    private static long OfATensorCore(Architecture architecture, NumberType type) => (architecture, type) switch
    {
        (Architecture.Volta, NumberType.Float16) => 64,
        (Architecture.Volta, NumberType.Int8) => 128,
        (Architecture.Ampere, NumberType.Float32) => 128,
        (Architecture.Ampere, NumberType.Float16) => 256,
        (Architecture.Ampere, NumberType.Int8) => 512,
        _ => 0,
    };

    private sealed record Gpu(string Kind, string Name, Architecture Architecture, int Cores, int TensorCores, long Hertz);
}

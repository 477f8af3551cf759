using System.Globalization;
using EdgeBench.EdgeNode.Calibration;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Observation;

namespace EdgeBench.Tests.EdgeNode;

public sealed class CalibrationTests : IDisposable
{
    private static readonly CpuSet Allowed = DeviceFactsReader.ReadThisDevice().AllowedCpus.Value!;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgebench-test-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string StoreFile => Path.Combine(_folder.FullName, "peaks.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_thread_is_where_it_was_put()
    {
        var allowed = await ThreadAffinity.RunAsync(
            CpuSet.Of([Allowed.Cpus[^1]]), () => new SystemTree("/").Field("proc/thread-self/status", "Cpus_allowed_list").Value, "test");

        Assert.Equal($"{Allowed.Cpus[^1]}", allowed);
        Assert.False(ThreadAffinity.TrySet(CpuSet.Of([8191])));
    }

    [Fact]
    public async Task The_peak_is_reasonable_for_the_widest_vectors_and_a_CPUs_clock()
    {
        using var peaks = Peaks("boot");
        var one = CpuSet.Of([Allowed.Cpus[0]]);

        var single = await peaks.GetAsync(NumberType.Float32, one, 1, "print", Cancellation);
        var half = await peaks.GetAsync(NumberType.Float16, one, 1, "print", Cancellation);
        var whole = await peaks.GetAsync(NumberType.Int8, one, 1, "print", Cancellation);

        // Between a tenth of a multiplier of four lanes at 1 GHz, on a machine where others run too, and four of sixteen lanes at 7 GHz.
        Assert.InRange(single.OperationsPerSecond, 0.1 * 1 * 4 * 2 * 1e9, 4.0 * 16 * 2 * 7e9);
        // Each is measured at a moment of its own, and others may run then.
        Assert.True(half.OperationsPerSecond >= single.OperationsPerSecond * 0.5, $"{half} beside {single}");
        Assert.True(whole.OperationsPerSecond > single.OperationsPerSecond, $"{whole} above {single}");
        Assert.StartsWith("measured: ", single.Source, StringComparison.Ordinal);
        Assert.EndsWith("1 thread", single.Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peak_is_measured_once_for_a_boot_and_a_fingerprint()
    {
        using var first = Peaks("boot");
        using var restarted = Peaks("boot");
        using var rebooted = Peaks("another boot");

        var measured = await first.GetAsync(NumberType.Float32, Allowed, 1, "print", Cancellation);

        Assert.Equal(measured, await restarted.GetAsync(NumberType.Float32, Allowed, 1, "print", Cancellation));
        Assert.Null(new PeakStore(StoreFile, "boot").Read("another print").Find(NumberType.Float32, Allowed));
        Assert.Empty(new PeakStore(StoreFile, "another boot").Read("print").Peaks);
        await rebooted.GetAsync(NumberType.Float32, Allowed, 1, "print", Cancellation);
        Assert.Empty(new PeakStore(StoreFile, "boot").Read("print").Peaks);
    }

    [Fact]
    public async Task A_damaged_file_of_peaks_is_measured_again()
    {
        await File.WriteAllTextAsync(StoreFile, "{\"boot\":", Cancellation);
        using var peaks = Peaks("boot");

        Assert.True((await peaks.GetAsync(NumberType.Float32, Allowed, 1, "print", Cancellation)).OperationsPerSecond > 0);
        Assert.Single(new PeakStore(StoreFile, "boot").Read("print").Peaks);
    }

    [Theory]
    [InlineData("jetson-nano", "Float16", 0.47)]
    [InlineData("jetson-nano", "Float32", 0.24)]
    [InlineData("xavier", "Float16", 11.3)]
    [InlineData("xavier", "Int8", 22.6)]
    [InlineData("orin", "Int8", 85.2)]
    public void Published_peaks_of_GPUs_are_those_of_dense_networks(string kind, string type, double tera)
    {
        var peak = GpuPeaks.Of(kind, Enum.Parse<NumberType>(type))!;

        Assert.Equal(tera, peak.OperationsPerSecond / 1e12, tera < 1 ? 2 : 1);
        Assert.StartsWith("NVIDIA's data sheet", peak.Source, StringComparison.Ordinal);
        Assert.Null(GpuPeaks.Of("rpi4", NumberType.Float32));
    }

    [Fact]
    public void A_GPU_whose_clock_is_limited_does_less()
    {
        var full = GpuPeaks.Of("jetson-nano", NumberType.Float16)!;
        var limited = GpuPeaks.Of("jetson-nano", NumberType.Float16, 640_000_000)!;

        Assert.Equal(640.0 / 921.6, limited.OperationsPerSecond / full.OperationsPerSecond, 6);
        Assert.Contains(640.ToString(CultureInfo.InvariantCulture) + " MHz", limited.Source, StringComparison.Ordinal);
    }

    private CpuPeaks Peaks(string boot) => new(new SystemTree("/"), new PeakStore(StoreFile, boot));
}

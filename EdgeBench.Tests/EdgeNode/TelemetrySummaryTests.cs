using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Observation;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>What telemetry follows from looks whose figures are known.</summary>
public sealed class TelemetrySummaryTests
{
    private const long Second = 1_000_000_000;

    // Of /proc/PID/stat from the start time on; the one before the last but two is the CPU.
    private const string Fields = "100 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0";

    private static readonly TelemetrySummary Summary = new(
        [new ObservedClock(CpuSet.Of([0, 1]), ["policy0"], 2_000_000)], ["cpu-thermal"]);

    [Fact]
    public void What_others_used_of_the_measured_CPUs_is_what_the_program_did_not()
    {
        var telemetry = Summary.Of([At(0, busy: 10, runner: 5), At(2, busy: 13, runner: 7)]);

        Assert.Equal(0.5, telemetry.OtherLoad!.Value, 6);
        Assert.Equal(2 * Second, telemetry.Nanoseconds);
    }

    [Fact]
    public void Load_is_compared_up_to_the_last_look_at_which_the_program_was_there()
    {
        var telemetry = Summary.Of([At(0, busy: 10, runner: 5), At(1, busy: 11, runner: 6), At(2, busy: 13, runner: null)]);

        Assert.Equal(0, telemetry.OtherLoad!.Value, 6);
    }

    [Fact]
    public void A_program_that_was_seen_once_or_never_leaves_no_figures_behind()
    {
        var never = Summary.Of([At(0, busy: 1, runner: null), At(1, busy: 2, runner: null)]);
        var once = Summary.Of([At(0, busy: 1, runner: 1), At(1, busy: 2, runner: null)]);

        Assert.All([never, once], telemetry => Assert.Null(telemetry.OtherLoad));
        Assert.All([never, once], telemetry => Assert.Null(telemetry.CpuWait));
        Assert.Null(never.InvoluntarySwitches);
        Assert.Equal((null, null, null), TelemetrySummary.Effective([At(0, busy: 1, runner: 1)]));
    }

    [Fact]
    public void Pages_that_had_to_be_read_from_disk_are_counted_over_the_observed_time()
    {
        var tree = Directory.CreateTempSubdirectory("edgebench-");
        try
        {
            var thread = tree.CreateSubdirectory("proc/7/task/7").FullName;
            var reader = new RunnerReader(new SystemTree(tree.FullName), new HostProcess(7, OwnControlGroup: false));

            var first = Look(1, faults: 40);
            var last = Look(2, faults: 52);

            Assert.Equal(12, Summary.Of([first, last]).MajorFaults);

            Look Look(int second, int faults)
            {
                File.WriteAllText(Path.Combine(thread, "schedstat"), $"{second}000000000 0 {second}");
                File.WriteAllText(
                    Path.Combine(thread, "stat"), $"7 (a runner) R 1 7 7 0 -1 4194304 900 0 {faults} 0 {second}00 0 0 0 20 0 1 0 {Fields}");
                File.WriteAllText(Path.Combine(thread, "status"), "Name:\ta runner\n");
                return At(second, busy: second, runner: null) with { Runner = reader.Read() };
            }
        }
        finally
        {
            tree.Delete(recursive: true);
        }
    }

    [Fact]
    public void Steal_and_pressure_are_shares_of_the_time()
    {
        var telemetry = Summary.Of(
        [
            At(0, busy: 1, runner: 1) with { Cpus = new CpuTimes(Second, 0, 10 * Second), CpuPressure = 1_000 },
            At(2, busy: 1, runner: 1) with { Cpus = new CpuTimes(Second, Second, 14 * Second), CpuPressure = 501_000 },
        ]);

        Assert.Equal(0.25, telemetry.Steal!.Value, 6);
        Assert.Equal(0.25, telemetry.CpuPressure!.Value, 6);
    }

    [Fact]
    public void A_clock_is_weighted_by_the_time_in_its_states_and_by_the_looks_without_them()
    {
        var states = Summary.Of(
        [
            At(0, busy: 0, runner: 0) with { TimeInState = [States((1_000_000, 100), (2_000_000, 100))] },
            At(1, busy: 0, runner: 0) with { TimeInState = [States((1_000_000, 125), (2_000_000, 175))] },
        ]);
        var looks = Summary.Of(
            [At(0, busy: 0, runner: 0) with { Kilohertz = [1_000_000] }, At(1, busy: 0, runner: 0) with { Kilohertz = [2_000_000] }]);

        Assert.Equal(new ClockReading("0-1", 1_000_000, 1_750_000, 2_000_000, 2_000_000), Assert.Single(states.Clocks));
        Assert.Equal(new ClockReading("0-1", 1_000_000, 1_500_000, 2_000_000, 2_000_000), Assert.Single(looks.Clocks));
    }

    [Theory]
    [InlineData(0x0u, 0x0u, "")]
    [InlineData(0x4u, 0x4u, "throttled")]
    [InlineData(0x0u, 0x20000u, "frequency-capped")]
    [InlineData(0x50000u, 0x50000u, "")]
    [InlineData(0x0u, 0x50005u, "under-voltage,throttled")]
    public void Throttling_is_what_is_now_or_came_in_that_time_and_not_what_was_before(uint before, uint after, string kinds)
    {
        var telemetry = Summary.Of(
            [At(0, busy: 0, runner: 0) with { ThrottleBits = before }, At(1, busy: 0, runner: 0) with { ThrottleBits = after }]);

        Assert.Equal(kinds, string.Join(',', telemetry.Throttling));
    }

    [Fact]
    public void Counters_throttle_by_rising_and_caps_by_being_there()
    {
        var telemetry = Summary.Of(
        [
            At(0, busy: 0, runner: 0) with { Throttles = Counters(("thermal-throttle", 7), ("over-current", 3), ("thermal-cap", 1)) },
            At(1, busy: 0, runner: 0) with { Throttles = Counters(("thermal-throttle", 9), ("over-current", 3), ("thermal-cap", 0)) },
        ]);

        Assert.Equal(["thermal-throttle", "thermal-cap"], telemetry.Throttling);
    }

    [Fact]
    public void Threads_that_computed_are_told_with_the_CPUs_that_they_were_seen_on()
    {
        Look[] looks =
        [
            Threads(0, (1, 0, 7), (2, 0, 7), (3, 0, 7)),
            Threads(1, (1, Second, 0), (2, Second / 2, 1), (3, 0, 5)),
            Threads(2, (1, 2 * Second, 2), (2, Second, 1), (3, 0, 5)),
        ];

        Assert.Equal((2, "0-2", 1.5), TelemetrySummary.Effective(looks));
    }

    [Fact]
    public void Memory_is_the_kernels_peak_or_else_the_greatest_of_the_looks()
    {
        var peaks = TelemetrySummary.Memory([Memory(peak: 10, now: null), Memory(peak: 30, now: null)], null);
        var sampled = TelemetrySummary.Memory([Memory(peak: null, now: 20), Memory(peak: null, now: 15)], null);
        var missing = TelemetrySummary.Memory([Memory(peak: null, now: null)], "add an option");

        Assert.Equal(new MemoryRecord(30, 5), peaks);
        Assert.Equal(new MemoryRecord(20, 5, IsSampled: true), sampled);
        Assert.Equal(new MemoryRecord(null, 5, "add an option"), missing);
    }

    private static Look At(long seconds, long busy, long? runner) => new()
    {
        At = seconds * Second,
        Kilohertz = [2_000_000],
        TimeInState = [null],
        Celsius = [40 + seconds],
        Cpus = new CpuTimes(busy * Second, 0, 100 * Second),
        Runner = runner is { } cpu ? new RunnerUsage { Cpu = cpu * Second, Waiting = 0, InvoluntarySwitches = 1 } : null,
    };

    private static Look Threads(long seconds, params (int Id, long Cpu, int On)[] threads) => At(seconds, 0, null) with
    {
        Runner = new RunnerUsage
        {
            Cpu = threads.Sum(thread => thread.Cpu),
            Threads = [.. threads.Select(thread => new ThreadUsage(thread.Id, thread.Cpu, thread.On))],
        },
    };

    private static Look Memory(long? peak, long? now) => At(0, 0, null) with
    {
        Runner = new RunnerUsage { Cpu = 0, MemoryPeak = peak, MemoryNow = now, ResidentPeak = 5 },
    };

    private static Dictionary<long, long> States(params (long Kilohertz, long Ticks)[] states) =>
        states.ToDictionary(state => state.Kilohertz, state => state.Ticks);

    private static Dictionary<string, long> Counters(params (string Kind, long Value)[] counters) =>
        counters.ToDictionary(counter => counter.Kind, counter => counter.Value);
}

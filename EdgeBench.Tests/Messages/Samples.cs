using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Coordination;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Runtimes;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Messages;

/// <summary>One value of every record with a manifest, each with all of its parts.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset At = new(2026, 11, 25, 12, 30, 15, 250, TimeSpan.Zero);
    public static readonly DeviceId Device = new(Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"));
    public static readonly ServerId Server = new(Guid.Parse("7c9e6679-7425-40de-944b-e07fc1f90ae7"));
    public static readonly TaskKey Key = new("night-run-7");
    public static readonly TaskId Task = TaskId.Of(Key);
    public static readonly CellId CellOne = new(Task, 1);
    public static readonly AttemptId Attempt = new(CellOne, 2);

    private static readonly Guid Session = Guid.Parse("6fa459ea-ee8a-3ca4-894e-db77e160355e");

    public static ArtifactRef Artifact(string content) => new(Sha256.Of(System.Text.Encoding.UTF8.GetBytes(content)), content.Length);

    public static TaskRequest Request => new()
    {
        Models =
        [
            new ModelSource
            {
                Name = "resnet50",
                FileName = "resnet50.json",
                File = Artifact("resnet50"),
                Weights = Artifact("weights"),
                WeightsFileName = "resnet50.weights.h5",
                SyntheticSeed = 7,
                InputShapes = new Dictionary<string, IReadOnlyList<int>> { ["image"] = [224, 224, 3] },
                Check = [new CheckFile("expected.npy", Artifact("npy"))],
                Calibration = [new CalibrationFile("image", Artifact("npy"))],
                Ranges = Artifact("npy"),
                NoCheck = true,
            },
        ],
        Devices = [new DeviceName("pi-4")],
        Runtimes = ["onnxruntime"],
        Precisions = ["fp32", "int8"],
        Threads = [1, 3],
        Options = Options,
        Fresh = true,
    };

    public static MeasurementOptions Options => new()
    {
        Runs = 50,
        MinimumMilliseconds = 2_000,
        Starts = 4,
        Until = 0.02,
        MaximumSeconds = 60,
        Threads = 3,
        Seed = 9,
        RuntimeOptions = new Dictionary<string, string> { ["spinning"] = "on" },
        Inputs = [new InputSource("image", Artifact("image"))],
        Memory = false,
    };

    public static Cell Cell => new()
    {
        Id = CellOne,
        Model = 0,
        Device = Device,
        DeviceName = new DeviceName("pi-4"),
        Runtime = "onnxruntime",
        Format = "onnx",
        Options = Options,
    };

    public static ConvertedModel Converted => new()
    {
        File = Artifact("onnx"),
        Format = "onnx",
        Source = "Keras 2.15.0 architecture",
        Weights = "synthetic(7)",
        Parameters = 25_636_712,
        Flops = 7_728_000_000,
        Macs = 3_858_000_000,
        FastConvolutionShare = 0.4,
        Warnings = ["weights are synthetic"],
        Check = new ModelCheck
        {
            Outcome = CheckOutcome.Passed,
            Difference = 2.5e-7,
            ExpectedDifference = 1e-6,
            Tolerance = 1e-4,
            Runtimes = ["onnxruntime 1.31.1", "tflite 2.9.0"],
            Reason = "why",
            Nanoseconds = 400_000_000,
        },
        Unfit = [new UnfitRuntime("tflite", "2.9.0", "it needs EXP version 2")],
        Nanoseconds = 1_500_000_000,
    };

    public static RuntimeImageRef Image => new()
    {
        Runtime = "onnxruntime",
        Version = "1.31.1",
        Architecture = "arm64",
        Name = "edgebench/onnxruntime:1.31.1-arm64",
        DiffIds = ["sha256:" + Sha256.Of("layer"u8).Hex],
        Program = ["/edgebench-runner"],
        Tar = Artifact("tar"),
        Libraries = new Dictionary<string, string> { ["libonnxruntime.so"] = Sha256.Of("library"u8).Hex },
    };

    public static CellResult Result => new()
    {
        Latency = new LatencyStatistics
        {
            Runs = 50,
            Starts = 1,
            Minimum = 18_000_000,
            Maximum = 23_000_000,
            Mean = 19_250_000.5,
            Median = 19_100_000,
            StandardDeviation = 812_345.25,
            MeanInterval = new ConfidenceInterval(19_020_000.5, 19_480_000.5),
            MedianInterval = new ConfidenceInterval(18_950_000, 19_200_000),
            Percentile90 = 20_400_000,
            Percentile99 = 22_900_000,
            WithinStarts = 810_000.5,
            BetweenStarts = 21_000.25,
            Outliers = [new OutlierCount(OutlierCause.Steal, 2)],
        },
        Raw = Artifact("raw"),
        Phases = new PhaseTimes { Queue = 12_000, Fetch = 900_000_000, Image = 2_000_000_000 },
        Starts = [Start],
        Stop = StopReason.IntervalNarrow,
        Conditions = new RunConditions
        {
            Isolation = "container",
            Runtime = "onnxruntime",
            RuntimeVersion = "1.31.1",
            Threads = 3,
            Options = new Dictionary<string, string> { ["spinning"] = "on" },
            Cpus = "0-2",
            MemoryLimit = 1 << 30,
            Engine = "docker 28.2.2",
            Architecture = "arm64",
            Processor = "Cortex-A72",
            EdgeVersion = "0.1.0",
        },
        Memory = new MemoryRecord(210_000_000, 180_000_000, "no peak"),
        Fingerprint = new Fingerprint(
            [new NamedFact("cpu.governor", "performance"), new NamedFact("power.mode", null, "this is no Jetson")]),
        Host = Sha256.Of("host"u8),
        Physics = new PhysicsCheck(390e9, 420e9, "measured"),
        Verdict = new Verdict(
            VerdictLevel.Suspect,
            [new VerdictReason("other-load", VerdictLevel.Suspect, "others used 0.4 CPUs (make, 0.3); end them and measure again")],
            1),
    };

    /// <summary>A start with all of its parts.</summary>
    public static StartRecord Start => new()
    {
        Create = 110_000_000,
        Start = 240_000_000,
        Load = 120_000_000,
        FirstRun = 45_000_000,
        WarmUp = 400_000_000,
        WarmUpRuns = 20,
        WarmUpEnd = WarmUpEnd.Steady,
        Steady = 962_500_025,
        Runs = 50,
        Minimum = 18_000_000,
        Mean = 19_250_000.5,
        Median = 19_100_000,
        Outputs = Sha256.Of("outputs"u8),
        ThreadsSeen = 3,
        CpusSeen = "0-2",
        CpusUsed = 2.9,
        Providers = new Dictionary<string, int> { ["CPUExecutionProvider"] = 53 },
        Telemetry = new Telemetry
        {
            Nanoseconds = 1_000_000_000,
            Clocks = [new ClockReading("0-3", 1_500_000, 1_790_000.5, 1_800_000, 1_800_000)],
            Temperatures = [new TemperatureReading("cpu-thermal", 52.1, 61.5)],
            Throttling = ["under-voltage"],
            QuotaThrottledPeriods = 0,
            OtherLoad = 0.04,
            OtherProcesses = [new ProcessLoad(812, "sshd", 0.03)],
            OtherContainers = ["web"],
            Steal = 0.01,
            CpuPressure = 0.02,
            VoluntarySwitches = 12,
            InvoluntarySwitches = 3,
            CalibrationBefore = new CalibrationReading(2_000_000, 2_010_000),
            CalibrationAfter = new CalibrationReading(2_001_000, 2_020_000),
            Missing = [new NamedFact("gpu.clock.kilohertz", null, "there is no GPU")],
        },
    };

    public static CellFailure Failure => new(FailureKind.OutOfMemory, "it wanted more than 512 MB; raise the limit", "loading\nloaded");

    public static DeviceDescription Description => new()
    {
        Architecture = "arm64",
        Kind = "rpi4",
        Isolation = "container",
        Problem = "the Docker engine does not answer; start it",
        Board = "Raspberry Pi 4 Model B Rev 1.4",
        Processor = "Cortex-A72",
        Cores = 4,
        MemoryBytes = 4L << 30,
        OperatingSystem = "Debian GNU/Linux 12",
        Kernel = "6.6.31",
        Engine = "docker 28.2.2",
        EdgeVersion = "0.1.0",
        Host = Sha256.Of("host"u8),
    };

    public static IReadOnlyList<DeviceImage> Images =>
    [
        new("onnxruntime", Image.Identity(), ImagePhase.Loading),
        new("mine", Sha256.Of("mine"u8), ImagePhase.Failed, "the engine refuses to load the image"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<object> All =>
    [
        new ClientCall("secret", new ClientRequests.SubmitTask(Key, Request)),
        new ClientReplies.Accepted(Task, [Cell], Existed: true),
        new ClientReplies.Planned([Cell], [new CellRefusal(1, "there is no image of onnxruntime for arm64; build it")]),
        new ClientReplies.Done("cancelled"),
        new ClientReplies.Refused(RefusalCode.UnknownDevice, "no device is called 'pi-9'; known: pi-4"),
        new ClientReplies.EventPage(
            Task, [new NumberedEvent(4, new TaskEvents.CellStarted(Attempt, At))], More: true, [new CellProgress(CellOne, "warm-up", 12, 2, 3)]),
        new ClientReplies.TaskList([new TaskEntry(Task, Key, IsOpen: true)], More: true),
        new ClientReplies.DeviceList(
            [
                new DeviceState
                {
                    Id = Device,
                    Name = new DeviceName("pi-4"),
                    Description = Description,
                    Phase = DevicePhase.Busy,
                    Attempt = Attempt,
                    Images = Images,
                    LastSeen = At,
                },
            ],
            More: true),
        new ClientReplies.AdminOutput(["akka.tcp://edgebench@10.0.0.1:4053 | [server] | up |", "Count: 1 nodes"]),
        new ClientRequests.SubmitTask(Key, Request),
        new ClientRequests.PlanTask(Key, Request),
        new ClientRequests.CancelTask(Task),
        new ClientRequests.EventsAfter(Task, 3, Wait: true),
        new ClientRequests.ListTasks(100),
        new ClientRequests.ListDevices(10),
        new ClientRequests.RunAdminCommand(["cluster", "show"]),
        new FromDevice.Register(Device, Session, new DeviceName("pi-4"), Description, [Attempt], "secret"),
        new FromDevice.Heartbeat(
            Device, Session, 17, Attempt, "the engine does not answer", Sha256.Of("host"u8), Images),
        new FromDevice.AttemptStarted(Device, Attempt),
        new FromDevice.AttemptProgress(Device, Attempt, "timing", 25, 2, 3),
        new FromDevice.AttemptMeasured(Device, Attempt, Result),
        new FromDevice.AttemptFailed(Device, Attempt, Failure),
        new FromDevice.Leaving(Device, Session),
        new ToDevice.Registered(Session, Server, 1_234_567, [Attempt], 2000),
        new ToDevice.RegistrationRefused(Session, "the name is taken; start it with --name pi-5"),
        new ToDevice.HeartbeatAck(Session, 17, 1_234_567),
        new ToDevice.RegisterAgain(Session),
        new ToDevice.PrepareImages(Session, [Image]),
        new ToDevice.RunCell(
            Server,
            Attempt,
            new Assignment
            {
                ModelName = "resnet50",
                Model = Artifact("onnx"),
                Format = "onnx",
                Precision = "fp32",
                Flops = 7_728_000_000,
                FastConvolutionShare = 0.4,
                Converter = "0.1.0",
                Image = Image,
                Options = Options,
            }),
        new ToDevice.StopAttempt(Attempt, "the task was cancelled"),
        new ToDevice.AttemptAnswer(Attempt, ResultAnswer.Missing, Artifact("raw")),
        new TaskEvents.Submitted(Task, Key, Request, [Cell], "0.1.0", At),
        new TaskEvents.ModelConverted(0, Converted, At),
        new TaskEvents.ModelRefused(
            0, "onnx", new CellFailure(FailureKind.ModelRefused, "layer 'l' (Lambda): runs code of its own"), At) { Precision = "int8" },
        new TaskEvents.CellAssigned(Attempt, At),
        new TaskEvents.CellStarted(Attempt, At),
        new TaskEvents.CellMeasured(Attempt, Result, At),
        new TaskEvents.CellReused(CellOne, new CellId(TaskId.Of(new TaskKey("earlier")), 3), At.AddDays(-1), Result, At),
        new TaskEvents.ResultSuperseded(Attempt, Result, At),
        new TaskEvents.AttemptFailed(Attempt, Failure, At),
        new TaskEvents.CellFailed(CellOne, Failure, At),
        new TaskEvents.Cancelled(At),
        new TaskEvents.Ended(TaskOutcome.Completed, At),
        new CoordinatorEvents.ServerIdentified(Server, At),
        new CoordinatorEvents.TaskAccepted(Key, Task, Sha256.Of("request"u8), At),
        new CoordinatorEvents.TaskClosed(Task, At, [new ReusableResult(Sha256.Of("conditions"u8), CellOne)]),
    ];
}

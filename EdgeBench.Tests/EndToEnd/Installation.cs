using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.Client;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;
using EdgeBench.Tests.Containers;
using EdgeBench.Tests.Runtimes;
using TaskState = EdgeBench.Messages.Tasks.TaskState;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>EdgeBench as a user has it on a machine: data folders, ports and a container engine of its own, nodes and commands.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-e2e-").FullName;
    private readonly Dictionary<string, string?> _environment;
    private readonly List<CommandProcess> _processes = [];
    private readonly Uri? _engine;
    private readonly int _port = FreePort();
    private readonly int _clusterPort = FreePort();
    private EdgeBenchClient? _client;

    /// <param name="images">The runtime images.</param>
    /// <param name="engine">The container engine, or null where none is needed.</param>
    public Installation(BuiltImages images, Uri? engine)
    {
        _engine = engine;
        _environment = new Dictionary<string, string?>
        {
            ["DOCKER_CONFIG"] = DockerFolder,
            ["DOCKER_HOST"] = engine?.OriginalString ?? "unix:///none",
            ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
            ["EDGEBENCH_CHECKOUT"] = null,
            ["EDGEBENCH_RUNTIMES"] = images.Catalog.Folder,
            ["EDGEBENCH_SERVER"] = Address,
            ["EDGEBENCH_TOKEN"] = null,
            ["JOURNAL_STREAM"] = null,
            ["NOTIFY_SOCKET"] = null,
            ["PATH"] = $"{DockerFolder}:{Environment.GetEnvironmentVariable("PATH")}",
            ["STATE_DIRECTORY"] = null,
            ["XDG_DATA_HOME"] = _folder,
        };
    }

    /// <summary>Where the server answers.</summary>
    public string Address => $"127.0.0.1:{_port}";

    /// <summary>The server's data folder, where commands of the same user look for its token.</summary>
    public string ServerData => Path.Combine(_folder, "edgebench", "server");

    /// <summary>Where its user's <c>config.json</c> for Docker's command would lie, and credential helpers.</summary>
    public string DockerFolder => Path.Combine(_folder, "docker");

    /// <summary>A client of the server; the one that was there before the server was started again is another.</summary>
    public EdgeBenchClient Client => _client ??= new EdgeBenchClient(new ClientOptions
    {
        Server = Address,
        Token = File.ReadAllText(Path.Combine(ServerData, "token")).Trim(),
    });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>An installation with a container engine and the runtime image; skips where there can be none.</summary>
    public static async Task<Installation> WithContainersAsync(PrivateEngine engine, BuiltImages images)
    {
        var endpoint = await engine.EndpointAsync();
        await images.OnnxRuntimeAsync();
        return new Installation(images, endpoint);
    }

    /// <summary>A file of the checkout.</summary>
    public static string Model(string name) =>
        Repository.PathOf(name.EndsWith(".json", StringComparison.Ordinal) ? "zoo" : "samples", name);

    /// <summary>The folder of an edge node.</summary>
    public string EdgeData(string name) => Path.Combine(_folder, name);

    /// <summary>A path for a test's own use.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Starts a server node.</summary>
    public async Task<CommandProcess> StartServerAsync(params string[] more)
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
            _client = null;
        }

        return Start(["server", "--port", Text(_port), "--cluster-port", Text(_clusterPort), .. more]);
    }

    /// <summary>Starts an edge node.</summary>
    public CommandProcess StartEdge(string name = "edge", params string[] more) =>
        Start(["edge", "--join", Address, "--name", name, "--data", EdgeData(name), .. more]);

    /// <summary>Starts a server and an edge node, and waits until the device is there.</summary>
    public async Task<(CommandProcess Server, CommandProcess Edge)> StartNodesAsync(params string[] edgeOptions)
    {
        var server = await StartServerAsync();
        await server.SaysAsync("answers at");
        var edge = StartEdge("edge", edgeOptions);
        await DeviceIsAsync("edge", DevicePhase.Idle);
        return (server, edge);
    }

    /// <summary>Starts the command.</summary>
    /// <param name="arguments">The words behind <c>edgebench</c>.</param>
    /// <param name="environment">What is set otherwise for it.</param>
    /// <param name="prefix">A command that replaces itself by the rest of its words, as one that goes into a network namespace.</param>
    public CommandProcess Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, IReadOnlyList<string>? prefix = null)
    {
        var all = new Dictionary<string, string?>(_environment);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            all[name] = value;
        }

        var process = new CommandProcess(prefix ?? [], arguments, all);
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs the command to its end.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => Start(arguments).ToEndAsync();

    /// <summary>Waits until the server says that a device stands so.</summary>
    public Task DeviceIsAsync(string name, DevicePhase phase) => Condition.HoldsAsync(
        async () => File.Exists(Path.Combine(ServerData, "token"))
            && (await Client.ListDevicesAsync(Cancellation)).Value?.Any(device => (device.Name.Value, device.Phase) == (name, phase)) == true,
        $"device {name}: {phase}");

    /// <summary>Submits a task of one start and leaves it: the id comes back as soon as the server has it.</summary>
    public Task<TaskId> SubmitAsync(string model, int runs, params string[] devices) =>
        SubmitAsync(model, new MeasurementOptions { Runs = runs, MinimumMilliseconds = 0, Starts = 1, Memory = false }, devices);

    /// <summary>Submits a task and leaves it.</summary>
    public async Task<TaskId> SubmitAsync(string model, MeasurementOptions options, params string[] devices)
    {
        var answer = await Client.SubmitAsync(
            new Submission
            {
                Models = [Model(model)],
                Devices = [.. devices.Select(device => new DeviceName(device))],
                Runtimes = ["onnxruntime"],
                Options = options,
            },
            Cancellation);
        Assert.True(answer.IsOk, answer.Error?.Message);
        return answer.Value.Task;
    }

    /// <summary>The task as it stands.</summary>
    public async Task<TaskUpdate> LookAtAsync(TaskId task)
    {
        await foreach (var answer in Client.WatchAsync(task, Cancellation))
        {
            Assert.True(answer.IsOk, answer.Error?.Message);
            return answer.Value;
        }

        throw new InvalidOperationException("a watched task gave no answer");
    }

    /// <summary>Waits until timed runs of a task are being made.</summary>
    public Task IsInMidRunAsync(TaskId task) => Condition.HoldsAsync(
        async () =>
        {
            var look = await LookAtAsync(task);
            Assert.True(look.State.Outcome is null, "the task ended before it was seen to run");
            return look.Progress.Any(at => at.Phase == "timed runs" && at.Runs > 0);
        },
        $"task {task} in mid-run");

    /// <summary>Follows a task to its end through the command, as a user does.</summary>
    /// <returns>The task's state as its history gives it.</returns>
    public async Task<TaskState> ToEndAsync(TaskId task)
    {
        await RunAsync("task", "watch", task.Value);
        var look = await LookAtAsync(task);
        Assert.NotNull(look.State.Outcome);
        return look.State;
    }

    /// <summary>The containers, in whatever state, of an edge node.</summary>
    public async Task<IList<ContainerListResponse>> ContainersAsync(string edge)
    {
        var identity = (await File.ReadAllTextAsync(Path.Combine(EdgeData(edge), "identity"), Cancellation)).Trim();
        return await ContainersOfAsync(identity);
    }

    /// <summary>The containers, in whatever state, of a data folder's identity.</summary>
    public async Task<IList<ContainerListResponse>> ContainersOfAsync(string identity)
    {
        using var client = new DockerClientBuilder().WithEndpoint(_engine!).Build();
        return await client.Containers.ListContainersAsync(
            new ContainersListParameters
            {
                All = true,
                Filters = new Dictionary<string, IDictionary<string, bool>>
                {
                    ["label"] = new Dictionary<string, bool> { [$"edgebench.data={identity}"] = true },
                },
            },
            Cancellation);
    }

    /// <summary>The raw samples of a result, by start.</summary>
    public async Task<IReadOnlyList<long>[]> SamplesOfAsync(CellResult result)
    {
        var answer = await Client.GetArtifactAsync(result.Raw, Cancellation);
        Assert.True(answer.IsOk, answer.Error?.Message);
        var raw = JsonSerializer.Deserialize<RawMeasurement>(answer.Value, MessagesJson.Options)!;
        return [.. raw.Starts.Select(start => start.Samples)];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
            TestContext.Current.TestOutputHelper?.WriteLine($"--- edgebench {process.Line}\n{process.Said}");
        }

        await RemoveContainersAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Nodes that a test killed have nobody who comes back for what they left in the engine, which other tests use too.
    private async Task RemoveContainersAsync()
    {
        if (_engine is null || !File.Exists(_engine.LocalPath))
        {
            return;
        }

        using var client = new DockerClientBuilder().WithEndpoint(_engine).Build();
        foreach (var file in Directory.EnumerateFiles(_folder, "identity", SearchOption.AllDirectories))
        {
            foreach (var container in await ContainersOfAsync((await File.ReadAllTextAsync(file, CancellationToken.None)).Trim()))
            {
                await client.Containers.RemoveContainerAsync(
                    container.ID, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, CancellationToken.None);
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    internal static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

using System.Net.Http.Headers;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using EdgeBench.Cluster;
using EdgeBench.Cluster.Conversion;
using EdgeBench.Cluster.Coordination;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Runtimes;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Tests.Cluster;

/// <summary>A real server on free ports with a data folder of its own, that can be stopped, killed and started again.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgebench-server-");
    private readonly Func<ServerOptions, ServerOptions> _change;

    private TestServer(Func<ServerOptions, ServerOptions> change) => _change = change;

    public TestLog Log { get; } = new();

    public ServerNode Node { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public string DataFolder => Path.Combine(_folder.FullName, "data");

    public int AkkaPort => Akka.Actor.Address.Parse(Node.AkkaAddress).Port!.Value;

    public static async Task<TestServer> StartAsync(Func<ServerOptions, ServerOptions>? change = null)
    {
        var server = new TestServer(change ?? (options => options));
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync(int akkaPort = 0)
    {
        Node = await ServerNode.StartAsync(
            _change(new ServerOptions
            {
                DataFolder = DataFolder,
                HttpPort = 0,
                AkkaPort = akkaPort,
                Loggers = Log,
                HeartbeatInterval = TimeSpan.FromMilliseconds(100),
                DeviceAwayAfter = TimeSpan.FromSeconds(30),
                Hold = TimeSpan.FromSeconds(2),
                Conversion = new InstantConversion(),
                Runtimes = new OneRuntime(),
                Settings = ConfigurationFactory.ParseString("akka.cluster.gossip-interval = 200ms"),
            }),
            TestContext.Current.CancellationToken);
        Http = new HttpClient { BaseAddress = Node.HttpAddress };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Node.Token);
    }

    /// <summary>Ends the server without any of the courtesies of a stop.</summary>
    public async Task KillAsync()
    {
        ((ExtendedActorSystem)Node.System).Abort();
        await Node.DisposeAsync();
        Http.Dispose();
    }

    public async Task StopAsync()
    {
        await Node.DisposeAsync();
        Http.Dispose();
    }

    public async Task<IClientReply> AskAsync(IClientRequest request, string? token = null) =>
        await Node.System.ActorSelection("/user/client-gateway").Ask<IClientReply>(
            new ClientCall(token ?? Node.Token, request), TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public async Task<T> AskAsync<T>(IClientRequest request)
        where T : IClientReply => Assert.IsType<T>(await AskAsync(request));

    /// <summary>Uploads a file with some content.</summary>
    public Task<ArtifactRef> UploadAsync(string content) => UploadAsync(Encoding.UTF8.GetBytes(content));

    /// <summary>Puts a file into the artifact store.</summary>
    public async Task<ArtifactRef> UploadAsync(byte[] content)
    {
        var artifact = new ArtifactRef(Sha256.Of(content), content.Length);
        using var body = new ByteArrayContent(content);
        using var response = await Http.PutAsync(
            new Uri($"/artifacts/{artifact.Sha256}", UriKind.Relative), body, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return artifact;
    }

    /// <summary>A request for one model on the devices that are online.</summary>
    public async Task<TaskRequest> RequestAsync(params string[] models)
    {
        var sources = new List<ModelSource>();
        foreach (var model in models.DefaultIfEmpty("lenet"))
        {
            sources.Add(new ModelSource { Name = model, FileName = $"{model}.h5", File = await UploadAsync(model) });
        }

        return new TaskRequest { Models = sources };
    }

    /// <summary>Submits a task as soon as the server takes it.</summary>
    public async Task<ClientReplies.Accepted> SubmitAsync(TaskRequest request, TaskKey? key = null) =>
        await AskAsync<ClientReplies.Accepted>(new ClientRequests.SubmitTask(key ?? TaskKey.New(), request));

    /// <summary>Every event of a task so far.</summary>
    public async Task<IReadOnlyList<ITaskEvent>> HistoryAsync(TaskId task)
    {
        var events = new List<ITaskEvent>();
        while (true)
        {
            var page = await AskAsync<ClientReplies.EventPage>(new ClientRequests.EventsAfter(task, events.Count, Wait: false));
            events.AddRange(page.Events.Select(numbered => numbered.Event));
            if (!page.More)
            {
                return events;
            }
        }
    }

    /// <summary>The task's events once a condition holds for its state.</summary>
    public async Task<TaskState> UntilAsync(TaskId task, Func<TaskState, bool> condition)
    {
        var state = TaskState.None;
        var cursor = 0L;
        var began = TimeProvider.System.GetTimestamp();
        while (!condition(state))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"the task did not come to that: {string.Join(", ", state.Cells)}");
            }

            var page = await AskAsync<ClientReplies.EventPage>(new ClientRequests.EventsAfter(task, cursor, Wait: true));
            state = page.Events.Aggregate(state, (before, numbered) => before.Apply(numbered.Event));
            cursor += page.Events.Count;
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        return state;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Log.Show();
        Log.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A conversion that takes no time: the file as it is, save where its name says otherwise.</summary>
    internal sealed class InstantConversion : IModelConversion
    {
        public ConversionOutcome Convert(ModelSource source, string format, string precision, CancellationToken cancellationToken) =>
            source.Name.StartsWith("bad", StringComparison.Ordinal)
                ? ConversionOutcome.Refused($"{source.FileName} is not accepted: it is bad")
                : new ConversionOutcome(
                    new ConvertedModel
                    {
                        File = source.File,
                        Format = format,
                        Precision = precision == Precision.Single ? null : precision,
                        Source = "test",
                        Weights = "stored",
                        Parameters = 1,
                        Nanoseconds = 1,
                    },
                    null);
    }

    /// <summary>One runtime with an image for x64 only.</summary>
    internal sealed class OneRuntime : IRuntimes
    {
        public IReadOnlyDictionary<string, string> Formats { get; } = new Dictionary<string, string> { ["onnxruntime"] = "onnx" };

        public string? WhyMissing(string runtime, string architecture) =>
            runtime == "absent" ? "the command npm is missing" : null;

        public IReadOnlyCollection<string> OptionsOf(string runtime) => ["spinning"];

        public RuntimeImageRef? Find(string runtime, string architecture) =>
            runtime == "onnxruntime" && architecture == "x64" ? Messages.Samples.Image with { Architecture = "x64" } : null;

        public IReadOnlyList<RuntimeImageRef> FindAll(string architecture) =>
            Find("onnxruntime", architecture) is { } image ? [image] : [];
    }
}

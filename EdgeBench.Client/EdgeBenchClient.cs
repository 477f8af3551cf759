using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using EdgeBench.Client.Artifacts;
using EdgeBench.Client.Connection;
using EdgeBench.Messages.Artifacts;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Nodes;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Client;

/// <summary>
/// Asks an EdgeBench server: submit, watch, query. May be used from several threads. It connects at the first question, and again by
/// itself when the server was restarted.
/// </summary>
public sealed class EdgeBenchClient : IAsyncDisposable
{
    private readonly ClientOptions _options;
    private readonly ServerAddress _server;
    private readonly HttpClient _http;
    private readonly IServerLink _link;
    private readonly ArtifactUpload _upload;
    private readonly TimeProvider _time;

    /// <summary>A client of one server.</summary>
    /// <exception cref="ArgumentException"><see cref="ClientOptions.Server"/> is no <c>HOST[:PORT]</c>.</exception>
    public EdgeBenchClient(ClientOptions options)
        : this(options, (server, http) => new ClusterClientLink(server, http, options.Token, options.Loggers), TimeProvider.System)
    {
    }

    internal EdgeBenchClient(ClientOptions options, Func<ServerAddress, HttpClient, IServerLink> link, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _server = ServerAddress.TryParse(options.Server, null, out var server)
            ? server
            : throw new ArgumentException($"'{options.Server}' is no server: give HOST or HOST:PORT", nameof(options));
        _options = options;
        _time = time;
        _http = new HttpClient { BaseAddress = _server.Http, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        _link = link(_server, _http);
        _upload = new ArtifactUpload(_http);
    }

    /// <summary>Uploads the models and submits a task. Safe to repeat with the same key.</summary>
    public async Task<Answer<ClientReplies.Accepted>> SubmitAsync(Submission submission, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(submission);
        var request = await DescribeAsync(submission, content => _upload.PutAsync(content, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        return request.IsOk ? await SubmitAsync(submission.Key, request.Value, cancellationToken).ConfigureAwait(false) : new(request.Error);
    }

    /// <summary>Submits a task whose files the server has already. Safe to repeat with the same key.</summary>
    public async Task<Answer<ClientReplies.Accepted>> SubmitAsync(
        TaskKey key, TaskRequest request, CancellationToken cancellationToken = default) =>
        await AskAsync<ClientReplies.Accepted>(new ClientRequests.SubmitTask(key, request), cancellationToken).ConfigureAwait(false);

    /// <summary>The grid that a submission would have. Nothing is uploaded, and nothing is begun.</summary>
    public async Task<Answer<TaskPlan>> PlanAsync(Submission submission, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(submission);
        var request = await DescribeAsync(submission, content => ArtifactUpload.IdentifyAsync(content, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
        if (!request.IsOk)
        {
            return new(request.Error);
        }

        var planned = await AskAsync<ClientReplies.Planned>(
            new ClientRequests.PlanTask(submission.Key, request.Value), cancellationToken).ConfigureAwait(false);
        return planned.IsOk ? new(new TaskPlan(request.Value, planned.Value.Cells, planned.Value.Refused)) : new(planned.Error);
    }

    /// <summary>
    /// Follows a task to its end: an update at once, then one whenever something happens. The last one has the end, or an error where the
    /// task is not known or the server stayed silent for longer than <see cref="ClientOptions.Patience"/>.
    /// </summary>
    public async IAsyncEnumerable<Answer<TaskUpdate>> WatchAsync(
        TaskId task, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var state = TaskState.None;
        var cursor = 0L;
        var heard = _time.GetTimestamp();
        while (state.Outcome is null)
        {
            var page = await EventsAfterAsync(task, cursor, wait: cursor > 0, cancellationToken).ConfigureAwait(false);
            if (page.IsOk)
            {
                heard = _time.GetTimestamp();
                state = page.Value.Events.Aggregate(state, (before, happened) => before.Apply(happened.Event));
                cursor = page.Value.Events is [.., var last] ? last.Number : cursor;
                yield return new(new TaskUpdate(state, page.Value.Events, page.Value.Progress));
            }
            else if (IsPassing(page.Error) && _time.GetElapsedTime(heard) < _options.Patience)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                yield return new(page.Error);
                yield break;
            }
        }
    }

    /// <summary>Every event of a task so far, in order.</summary>
    public async Task<Answer<IReadOnlyList<NumberedEvent>>> GetHistoryAsync(TaskId task, CancellationToken cancellationToken = default) =>
        await CollectAsync<ClientReplies.EventPage, NumberedEvent>(
            sofar => new ClientRequests.EventsAfter(task, sofar is [.., var last] ? last.Number : 0, Wait: false),
            page => (page.Events, page.More),
            cancellationToken).ConfigureAwait(false);

    /// <summary>All tasks, newest first.</summary>
    public async Task<Answer<IReadOnlyList<TaskEntry>>> ListTasksAsync(CancellationToken cancellationToken = default) =>
        await CollectAsync<ClientReplies.TaskList, TaskEntry>(
            sofar => new ClientRequests.ListTasks(sofar.Count), page => (page.Tasks, page.More), cancellationToken).ConfigureAwait(false);

    /// <summary>Cancels a task; a measurement that runs is stopped.</summary>
    public async Task<Answer<ClientReplies.Done>> CancelAsync(TaskId task, CancellationToken cancellationToken = default) =>
        await AskAsync<ClientReplies.Done>(new ClientRequests.CancelTask(task), cancellationToken).ConfigureAwait(false);

    /// <summary>All devices that the server has seen since it started, by name.</summary>
    public async Task<Answer<IReadOnlyList<DeviceState>>> ListDevicesAsync(CancellationToken cancellationToken = default) =>
        await CollectAsync<ClientReplies.DeviceList, DeviceState>(
            sofar => new ClientRequests.ListDevices(sofar.Count), page => (page.Devices, page.More), cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Runs an administrator's command, as <c>cluster show</c>.</summary>
    public async Task<Answer<ClientReplies.AdminOutput>> RunAdminCommandAsync(
        IReadOnlyList<string> line, CancellationToken cancellationToken = default) =>
        await AskAsync<ClientReplies.AdminOutput>(new ClientRequests.RunAdminCommand(line), cancellationToken).ConfigureAwait(false);

    /// <summary>Fetches an artifact, as the raw samples of a cell.</summary>
    public async Task<Answer<byte[]>> GetArtifactAsync(ArtifactRef artifact, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return await WithFilesAsync(
            async () =>
            {
                var bytes = await _http.GetByteArrayAsync(new Uri($"artifacts/{artifact.Sha256}", UriKind.Relative), cancellationToken)
                    .ConfigureAwait(false);
                return Sha256.Of(bytes) == artifact.Sha256
                    ? bytes
                    : throw new HttpRequestException($"artifact {artifact.Sha256} arrived damaged; ask again");
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Fetches all that was recorded of a result: every latency, and what the device did meanwhile.</summary>
    public async Task<Answer<RawMeasurement>> GetRecordAsync(CellResult result, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(result);
        var bytes = await GetArtifactAsync(result.Raw, cancellationToken).ConfigureAwait(false);
        if (!bytes.IsOk)
        {
            return new(bytes.Error);
        }

        try
        {
            return JsonSerializer.Deserialize<RawMeasurement>(bytes.Value, MessagesJson.Options) is { Version: RawMeasurement.CurrentVersion } raw
                ? new(raw)
                : new(new ClientError(ClientErrorKind.Refused, "the record is of a version that this client does not know; use a newer one"));
        }
        catch (JsonException notOne)
        {
            return new(new ClientError(ClientErrorKind.Refused, $"artifact {result.Raw.Sha256} is no record of a measurement: {notOne.Message}"));
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync().ConfigureAwait(false);
        _http.Dispose();
    }

    private static bool IsPassing(ClientError error) => error.Kind is ClientErrorKind.Unreachable or ClientErrorKind.TimedOut;

    private async Task<Answer<ClientReplies.EventPage>> EventsAfterAsync(
        TaskId task, long cursor, bool wait, CancellationToken cancellationToken) =>
        await AskAsync<ClientReplies.EventPage>(new ClientRequests.EventsAfter(task, cursor, wait), cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Asks for page after page until there are no more.</summary>
    private async Task<Answer<IReadOnlyList<TItem>>> CollectAsync<TPage, TItem>(
        Func<IReadOnlyList<TItem>, IClientRequest> next,
        Func<TPage, (IReadOnlyList<TItem> Items, bool More)> read,
        CancellationToken cancellationToken)
        where TPage : class, IClientReply
    {
        var items = new List<TItem>();
        while (true)
        {
            var page = await AskAsync<TPage>(next(items), cancellationToken).ConfigureAwait(false);
            if (!page.IsOk)
            {
                return new(page.Error);
            }

            var (found, more) = read(page.Value);
            items.AddRange(found);
            if (!more)
            {
                return new(items);
            }
        }
    }

    private async Task<Answer<T>> AskAsync<T>(IClientRequest request, CancellationToken cancellationToken)
        where T : class, IClientReply
    {
        var answer = await _link.AskAsync(request, _options.Timeout, cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            { Error: { } error } => new(error),
            { Value: T reply } => new(reply),
            { Value: ClientReplies.Refused refused } => new(new ClientError(KindOf(refused.Code), refused.Message)),
            _ => throw new UnreachableException($"{request.GetType().Name} was answered by {answer.Value?.GetType().Name}"),
        };
    }

    private static ClientErrorKind KindOf(RefusalCode code) => code switch
    {
        RefusalCode.Unauthorized => ClientErrorKind.Unauthorized,
        RefusalCode.UnknownDevice => ClientErrorKind.UnknownDevice,
        RefusalCode.UnknownRuntime => ClientErrorKind.UnknownRuntime,
        RefusalCode.NoDeviceOnline => ClientErrorKind.NoDeviceOnline,
        RefusalCode.BadRequest => ClientErrorKind.BadRequest,
        RefusalCode.UnknownTask => ClientErrorKind.UnknownTask,
        _ => ClientErrorKind.Refused,
    };

    /// <summary>The request of a submission, each of its files as the artifact that <paramref name="keep"/> makes of it.</summary>
    private async Task<Answer<TaskRequest>> DescribeAsync(
        Submission submission, Func<Stream, Task<ArtifactRef>> keep, CancellationToken cancellationToken) =>
        await WithFilesAsync(
            async () =>
            {
                var models = new List<ModelSource>();
                foreach (var model in submission.Models)
                {
                    var check = new List<CheckFile>();
                    foreach (var path in model.CheckPaths)
                    {
                        check.Add(new CheckFile(Path.GetFileName(path), await FileAsync(path).ConfigureAwait(false)));
                    }

                    var calibration = new List<CalibrationFile>();
                    foreach (var (input, path) in model.CalibrationPaths)
                    {
                        calibration.Add(new CalibrationFile(input, await FileAsync(path).ConfigureAwait(false), Path.GetFileName(path)));
                    }

                    models.Add(new ModelSource
                    {
                        Name = Path.GetFileNameWithoutExtension(model.Path),
                        FileName = Path.GetFileName(model.Path),
                        File = await FileAsync(model.Path).ConfigureAwait(false),
                        Weights = model.WeightsPath is { } weights ? await FileAsync(weights).ConfigureAwait(false) : null,
                        WeightsFileName = Path.GetFileName(model.WeightsPath),
                        SyntheticSeed = model.SyntheticSeed,
                        InputShapes = model.InputShapes,
                        Check = check,
                        Calibration = calibration,
                        Ranges = model.RangesPath is { } ranges ? await FileAsync(ranges).ConfigureAwait(false) : null,
                        NoCheck = model.NoCheck,
                    });
                }

                var inputs = new List<InputSource>(submission.Options.Inputs);
                foreach (var input in submission.Inputs)
                {
                    await using var elements = new MemoryStream(await ElementFile.ReadAsync(input.Path, cancellationToken).ConfigureAwait(false));
                    inputs.Add(new InputSource(input.Name, await keep(elements).ConfigureAwait(false)));
                }

                return new TaskRequest
                {
                    Models = models,
                    Devices = submission.Devices,
                    Runtimes = submission.Runtimes,
                    Precisions = submission.Precisions,
                    Threads = submission.Threads,
                    Options = submission.Options with { Inputs = inputs },
                    Fresh = submission.Fresh,
                };

                async Task<ArtifactRef> FileAsync(string path)
                {
                    await using var file = File.OpenRead(path);
                    return await keep(file).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);

    private async Task<Answer<T>> WithFilesAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return new(await work().ConfigureAwait(false));
        }
        catch (HttpRequestException failure)
        {
            return new(ServerErrors.Of(failure, _server));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException && !cancellationToken.IsCancellationRequested)
        {
            return new(new ClientError(ClientErrorKind.FileNotReadable, failure.Message));
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using EdgeBench.Cluster.Devices;
using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Coordination;

/// <summary>A task's cells: every model on every device with every runtime, precision and number of threads.</summary>
/// <param name="Cells">The cells, numbered from 1: models first, then devices, runtimes, precisions, threads.</param>
/// <param name="Refused">Those that cannot be measured, with why.</param>
internal sealed record Grid(ImmutableArray<Cell> Cells, ImmutableArray<RefusedCell> Refused)
{
    /// <summary>
    /// The greatest length of the grid and the request in JSON: they must fit a page of events, and an answer, with room to spare.
    /// </summary>
    public const int MaximumBytes = MessageLimits.MaximumEventBytes - 4096;

    /// <summary>Lays out the cells of a request, or says why that cannot be.</summary>
    /// <param name="task">The task's id.</param>
    /// <param name="request">The request.</param>
    /// <param name="devices">The devices that have registered.</param>
    /// <param name="runtimes">The runtimes there are.</param>
    public static (Grid? Grid, Refusal? Refusal) Of(
        TaskId task, TaskRequest request, IReadOnlyCollection<DeviceSession> devices, IRuntimes runtimes)
    {
        if ((Check(request) ?? CheckRuntimeOptions(request, runtimes)) is { } bad)
        {
            return (null, new Refusal(RefusalCode.BadRequest, bad));
        }

        var (chosen, refusal) = Choose(request.Devices, devices);
        if (request.Runtimes.FirstOrDefault(runtime => !runtimes.Formats.ContainsKey(runtime)) is { } unknown)
        {
            var reason = chosen.Select(device => runtimes.WhyMissing(unknown, device.Description.Architecture))
                .FirstOrDefault(why => why is not null);
            return (null, new Refusal(
                RefusalCode.UnknownRuntime,
                reason is null
                    ? $"no runtime is called '{unknown}'; known: {List(runtimes.Formats.Keys.Order(StringComparer.Ordinal))}"
                    : $"{unknown} is not available: {reason}"));
        }

        return refusal is null ? LayOut(task, request, chosen, runtimes) : (null, refusal);
    }

    private static (Grid? Grid, Refusal? Refusal) LayOut(
        TaskId task, TaskRequest request, ImmutableArray<DeviceSession> devices, IRuntimes runtimes)
    {
        var points = from model in Enumerable.Range(0, request.Models.Count)
                     from device in devices
                     from runtime in RuntimesFor(device, request, runtimes)
                     from precision in request.Precisions.DefaultIfEmpty(Precision.Single).Distinct(StringComparer.Ordinal)
                     from options in OptionsOf(request)
                     let ofRuntime = Known(options, runtime, runtimes)
                     select (model, device, runtime, precision, options: ofRuntime);
        var cells = ImmutableArray.CreateBuilder<Cell>();
        var refused = ImmutableArray.CreateBuilder<RefusedCell>();
        var bytes = JsonSerializer.SerializeToUtf8Bytes(request, MessagesJson.Options).Length;
        foreach (var (model, device, runtime, precision, options) in points)
        {
            var cell = new Cell
            {
                Id = new CellId(task, cells.Count + 1),
                Model = model,
                Device = device.Id,
                DeviceName = device.Name,
                Runtime = runtime,
                Format = runtimes.Formats[runtime],
                Precision = precision,
                Options = options,
            };
            cells.Add(cell);
            bytes += JsonSerializer.SerializeToUtf8Bytes(cell, MessagesJson.Options).Length + 1;
            if (Refuse(cell, request.Models[model], device.Description.Architecture, runtimes) is { } failure)
            {
                refused.Add(new RefusedCell(cell.Id, failure));
                bytes += JsonSerializer.SerializeToUtf8Bytes(new CellRefusal(cell.Id.Number, failure.Message), MessagesJson.Options).Length + 1;
            }

            if (bytes > MaximumBytes)
            {
                return (null, new Refusal(
                    RefusalCode.BadRequest,
                    $"the grid is too large: one task holds about {cells.Count - 1} of such cells; submit it in parts"));
            }
        }

        return cells.Count == 0
            ? (null, new Refusal(
                RefusalCode.UnknownRuntime,
                "the server knows no runtime; build one with: edgebench runtime build onnxruntime"))
            : (new Grid(cells.ToImmutable(), refused.ToImmutable()), null);
    }

    /// <summary>How to measure, once for each number of threads.</summary>
    private static IEnumerable<MeasurementOptions> OptionsOf(TaskRequest request) =>
        request.Threads.Count == 0
            ? [request.Options]
            : request.Threads.Distinct().Select(threads => request.Options with { Threads = threads });

    /// <summary>The options without those that other runtimes of the task have.</summary>
    private static MeasurementOptions Known(MeasurementOptions options, string runtime, IRuntimes runtimes) =>
        options.RuntimeOptions.Keys.All(runtimes.OptionsOf(runtime).Contains)
            ? options
            : options with
            {
                RuntimeOptions = options.RuntimeOptions.Where(option => runtimes.OptionsOf(runtime).Contains(option.Key)).ToDictionary(),
            };

    /// <summary>Why an option of a runtime is none, or null where each goes to some runtime.</summary>
    private static string? CheckRuntimeOptions(TaskRequest request, IRuntimes runtimes)
    {
        var asked = request.Runtimes.Count > 0 ? request.Runtimes.Where(runtimes.Formats.ContainsKey) : runtimes.Formats.Keys;
        var known = asked.Distinct().Order(StringComparer.Ordinal).ToList();
        return request.Options.RuntimeOptions.Keys.FirstOrDefault(option => !known.Any(runtime => runtimes.OptionsOf(runtime).Contains(option)))
            is { } unknown
            ? $"no runtime of the task has an option '{unknown}'; "
                + string.Join("; ", known.Select(runtime => $"{runtime} has {List(runtimes.OptionsOf(runtime).Order(StringComparer.Ordinal))}"))
            : null;
    }

    /// <summary>Why a cell cannot be measured, or null where it can.</summary>
    private static CellFailure? Refuse(Cell cell, ModelSource source, string architecture, IRuntimes runtimes) =>
        cell.Format == "onnx" && cell.Precision is not (Precision.Single or Precision.Integer)
            ? new CellFailure(
                FailureKind.ModelRefused,
                $"{cell.Runtime} takes ONNX, which is written in {Precision.Single} or {Precision.Integer}, not in {cell.Precision}; ask "
                + "for one of them, or for a runtime that takes TFLite")
        : cell.Precision == Precision.Integer && source is { Calibration: [], Ranges: null }
            ? new CellFailure(
                FailureKind.ModelRefused,
                $"{Precision.Integer} needs to know what the model's tensors hold: give samples of its inputs with --calibration, or "
                + "--ranges")
        : runtimes.Find(cell.Runtime, architecture) is null
            ? new CellFailure(FailureKind.ImageMissing, ImageMissing(cell.Runtime, architecture, runtimes))
        : null;

    /// <summary>What to do where a runtime has no image for an architecture.</summary>
    public static string ImageMissing(string runtime, string architecture, IRuntimes runtimes) =>
        runtimes.WhyMissing(runtime, architecture) is { } reason
            ? $"{runtime} for {architecture} is not available: {reason}"
            : $"there is no image of {runtime} for {architecture}; build it on the server with: edgebench runtime build {runtime} "
                + $"--arch {architecture}";

    private static string? Check(TaskRequest request) =>
        request.Models.Count == 0 ? "a task needs at least one model"
        : request.Models.Any(model => string.IsNullOrWhiteSpace(model.Name) || string.IsNullOrWhiteSpace(model.FileName))
            ? "a model needs a name"
        : OptionsOf(request).Select(options => options.Problem()).FirstOrDefault(problem => problem is not null) is { } problem ? problem
        : request.Precisions.FirstOrDefault(precision => !Precision.All.Contains(precision)) is { } precision
            ? $"no precision is called '{precision}'; there are: {List(Precision.All)}"
        : request.Models.SelectMany(model => model.InputShapes)
            .FirstOrDefault(shape => shape.Value.Any(size => size < 1))
            is { Key: { } input }
            ? $"the shape of input '{input}' has a size below 1"
        : null;

    private static (ImmutableArray<DeviceSession> Devices, Refusal? Refusal) Choose(
        IReadOnlyList<DeviceName> names, IReadOnlyCollection<DeviceSession> devices)
    {
        var online = devices.Where(device => !device.IsAway)
            .OrderBy(device => device.Name.Value, StringComparer.Ordinal)
            .ToImmutableArray();
        if (names.Count == 0)
        {
            return online.IsEmpty
                ? ([], new Refusal(
                    RefusalCode.NoDeviceOnline,
                    "no device is online; start one with: edgebench edge --join HOST:PORT (this server's HTTP port)"))
                : (online, null);
        }

        var chosen = ImmutableArray.CreateBuilder<DeviceSession>();
        foreach (var name in names.Distinct())
        {
            // A name may have changed hands: the device that is online has it.
            var device = devices.Where(device => device.Name == name)
                .OrderBy(device => device.IsAway)
                .ThenByDescending(device => device.LastSeen)
                .FirstOrDefault();
            if (device is null)
            {
                return ([], new Refusal(
                    RefusalCode.UnknownDevice,
                    $"no device is called '{name}'; known: "
                    + List(devices.Select(known => known.Name.Value).Distinct().Order(StringComparer.Ordinal))));
            }

            chosen.Add(device);
        }

        return (chosen.ToImmutable(), null);
    }

    private static IEnumerable<string> RuntimesFor(DeviceSession device, TaskRequest request, IRuntimes runtimes)
    {
        if (request.Runtimes.Count > 0)
        {
            return request.Runtimes.Distinct(StringComparer.Ordinal);
        }

        var all = runtimes.Formats.Keys.Order(StringComparer.Ordinal).ToList();
        var fitting = all.Where(runtime => runtimes.Find(runtime, device.Description.Architecture) is not null).ToList();
        return fitting.Count > 0 ? fitting : all;
    }

    private static string List(IEnumerable<string> names)
    {
        var text = string.Join(", ", names);
        return text.Length == 0 ? "none" : text;
    }
}

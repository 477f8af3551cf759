using System.Collections.Immutable;
using System.Text.Json;
using EdgeBench.Cluster.Devices;
using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Coordination;

/// <summary>A task's cells: every model on every device with every runtime.</summary>
/// <param name="Cells">The cells, numbered from 1, models first, then devices, then runtimes.</param>
/// <param name="Refused">Those that cannot be measured, with why.</param>
internal sealed record Grid(ImmutableArray<Cell> Cells, ImmutableArray<RefusedCell> Refused)
{
    /// <summary>
    /// The greatest length of the grid and the request in JSON: their event must fit a page of events with room to spare.
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
        if (Check(request) is { } bad)
        {
            return (null, new Refusal(RefusalCode.BadRequest, bad));
        }

        if (request.Runtimes.FirstOrDefault(runtime => !runtimes.Formats.ContainsKey(runtime)) is { } unknown)
        {
            return (null, new Refusal(
                RefusalCode.UnknownRuntime,
                $"no runtime is called '{unknown}'; known: {List(runtimes.Formats.Keys.Order(StringComparer.Ordinal))}"));
        }

        var (chosen, refusal) = Choose(request.Devices, devices);
        return refusal is null ? LayOut(task, request, chosen, runtimes) : (null, refusal);
    }

    private static (Grid? Grid, Refusal? Refusal) LayOut(
        TaskId task, TaskRequest request, ImmutableArray<DeviceSession> devices, IRuntimes runtimes)
    {
        var cells = ImmutableArray.CreateBuilder<Cell>();
        var refused = ImmutableArray.CreateBuilder<RefusedCell>();
        for (var model = 0; model < request.Models.Count; model++)
        {
            foreach (var device in devices)
            {
                foreach (var runtime in RuntimesFor(device, request, runtimes))
                {
                    var id = new CellId(task, cells.Count + 1);
                    cells.Add(new Cell
                    {
                        Id = id,
                        Model = model,
                        Device = device.Id,
                        DeviceName = device.Name,
                        Runtime = runtime,
                        Format = runtimes.Formats[runtime],
                        Options = request.Options,
                    });
                    if (runtimes.Find(runtime, device.Description.Architecture) is null)
                    {
                        refused.Add(new RefusedCell(
                            id, new CellFailure(FailureKind.ImageMissing, ImageMissing(runtime, device.Description.Architecture))));
                    }
                }
            }
        }

        if (cells.Count == 0)
        {
            return (null, new Refusal(
                RefusalCode.UnknownRuntime,
                "the server knows no runtime; build one with: edgebench runtime build onnxruntime"));
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(request, MessagesJson.Options).Length
            + cells.Sum(cell => JsonSerializer.SerializeToUtf8Bytes(cell, MessagesJson.Options).Length + 1);
        return bytes > MaximumBytes
            ? (null, new Refusal(
                RefusalCode.BadRequest,
                $"the task has {cells.Count} cells, which is too much for one: submit it in parts"))
            : (new Grid(cells.ToImmutable(), refused.ToImmutable()), null);
    }

    /// <summary>What to do where a runtime has no image for an architecture.</summary>
    public static string ImageMissing(string runtime, string architecture) =>
        $"there is no image of {runtime} for {architecture}; build it on the server with: edgebench runtime build {runtime} "
        + $"--arch {architecture}";

    private static string? Check(TaskRequest request) =>
        request.Models.Count == 0 ? "a task needs at least one model"
        : request.Models.Any(model => string.IsNullOrWhiteSpace(model.Name) || string.IsNullOrWhiteSpace(model.FileName))
            ? "a model needs a name"
        : request.Options.Problem() is { } problem ? problem
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

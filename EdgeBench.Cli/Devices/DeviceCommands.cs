using System.CommandLine;
using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Devices;
using Spectre.Console;

namespace EdgeBench.Cli.Devices;

/// <summary><c>edgebench device</c>: the devices that the server knows.</summary>
internal static class DeviceCommands
{
    /// <summary>The command and those below it.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The device's name, as 'edgebench device list' shows it" };
        return new Command("device", "List and show devices")
        {
            new Command("list", "List the devices") { ServerOption.Server }.Does(async (parsed, screen, cancellationToken) =>
            {
                ShowList(await GetAsync(parsed, cancellationToken).ConfigureAwait(false), screen);
                return ExitCode.Done;
            }),
            new Command("show", "Show one device") { name, ServerOption.Server }.Does(async (parsed, screen, cancellationToken) =>
            {
                var devices = await GetAsync(parsed, cancellationToken).ConfigureAwait(false);
                var wanted = parsed.GetRequiredValue(name);
                var known = devices.Count == 0 ? "none" : string.Join(", ", devices.Select(device => device.Name));
                var device = devices.FirstOrDefault(device => device.Name.Value == wanted)
                    ?? throw new CommandException(ExitCode.Usage, $"no device is called '{wanted}'; known: {known}");
                Show(device, screen);
                return ExitCode.Done;
            }),
        };
    }

    private static async Task<IReadOnlyList<DeviceState>> GetAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var client = ServerOption.Connect(parsed);
        return (await client.ListDevicesAsync(cancellationToken).ConfigureAwait(false)).OrFail();
    }

    private static void ShowList(IReadOnlyList<DeviceState> devices, Screen screen)
    {
        if (screen.IsJson)
        {
            screen.Json(devices.Select(Describe));
            return;
        }

        var table = screen.CreateTable("Name", "State", "Kind", "Architecture", ">Cores", "Isolation", "Processor", "Problem");
        foreach (var device in devices)
        {
            table.AddRow(
                device.Name.Value.EscapeMarkup(), device.Phase.ToString().ToLowerInvariant(), device.Description.Kind.EscapeMarkup(),
                device.Description.Architecture.EscapeMarkup(), Figures.Count(device.Description.Cores),
                device.Description.Isolation.EscapeMarkup(), (device.Description.Processor ?? "-").EscapeMarkup(),
                (device.Description.Problem ?? "").EscapeMarkup());
        }

        screen.Show(table);
    }

    private static void Show(DeviceState device, Screen screen)
    {
        if (screen.IsJson)
        {
            screen.Json(Describe(device));
            return;
        }

        var description = device.Description;
        foreach (var (label, value) in new (string, string?)[]
        {
            ("name", device.Name.Value),
            ("id", device.Id.ToString()),
            ("state", device.Phase.ToString().ToLowerInvariant()),
            ("attempt", device.Attempt?.ToString()),
            ("problem", description.Problem),
            ("kind", description.Kind),
            ("board", description.Board),
            ("processor", description.Processor),
            ("architecture", description.Architecture),
            ("cores", Figures.Count(description.Cores)),
            ("memory", description.MemoryBytes is { } memory ? Figures.Bytes(memory) : null),
            ("system", description.OperatingSystem),
            ("kernel", description.Kernel),
            ("isolation", description.Isolation),
            ("engine", description.Engine),
            ("edge version", description.EdgeVersion),
            ("images", device.Images.Count == 0 ? null : string.Join("; ", device.Images.Select(Describe))),
        })
        {
            screen.Line($"{label,-14}{value ?? "-"}");
        }
    }

    private static string Describe(DeviceImage image) =>
        $"{image.Runtime} {image.Phase.ToString().ToLowerInvariant()}{(image.Problem is { } problem ? $" ({problem})" : "")}";

    private static object Describe(DeviceState device) => new
    {
        id = device.Id.ToString(),
        name = device.Name.Value,
        state = device.Phase,
        attempt = device.Attempt?.ToString(),
        device.LastSeen,
        device.Images,
        device.Description,
    };
}

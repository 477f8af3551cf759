using System.CommandLine;
using System.Runtime.InteropServices;
using EdgeBench.Cli.Terminal;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.RunnerContract;
using Spectre.Console;

namespace EdgeBench.Cli.Runtimes;

/// <summary><c>edgebench runtime</c>: builds, lists, adds and removes runtimes.</summary>
internal static class RuntimeCommands
{
    /// <summary>The command and those below it.</summary>
    public static Command Create() => new("runtime", "Build, list, add and remove runtimes")
    {
        CreateBuild(),
        CreateList(),
        AddCommand.Create(),
        AddCommand.CreateRemove(),
    };

    /// <summary>An image for programs.</summary>
    /// <param name="image">The image.</param>
    /// <param name="catalog">Where it lies.</param>
    public static object Describe(RuntimeImage image, RuntimeCatalog catalog) => new
    {
        runtime = image.Runtime.Name,
        image.Runtime.Version,
        architecture = ArchitectureOption.NameOf(image.Architecture),
        image.Name,
        image.DiffIds,
        image.TarSha256,
        image.TarBytes,
        image.Registry,
        file = image.Registry is null ? catalog.TarOf(image) : null,
    };

    /// <summary>The option <c>--from</c> of what builds an image of EdgeBench's own.</summary>
    public static Option<string?> CreateFrom() => new("--from")
    {
        HelpName = "FILE",
        Description = "The published package that holds the runtime's native library, fetched elsewhere: a .whl (litert) or .tgz (tflite)",
    };

    /// <summary>Builds an image of EdgeBench's own.</summary>
    /// <param name="screen">Gets the steps, and for programs the image.</param>
    /// <param name="runtime">The runtime.</param>
    /// <param name="architecture">For which processor.</param>
    /// <param name="own">The user's own native library; or null.</param>
    /// <param name="package">The published package with the native library; or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<RuntimeImage> BuildAsync(
        Screen screen, string runtime, Architecture architecture, OwnLibrary? own, string? package, CancellationToken cancellationToken)
    {
        var checkout = RuntimeImages.Checkout ?? throw new CommandException(
            ExitCode.Failed,
            "EdgeBench's own images are built from a checkout: call ./edgebench there ('edgebench runtime add' adds your own)");
        var image = await new RuntimeImageBuilder(checkout, RuntimeImages.Catalog).BuildAsync(
            runtime, architecture, new StepNotes(screen), cancellationToken, own, package).ConfigureAwait(false);
        if (screen.IsJson)
        {
            screen.Json(Describe(image, RuntimeImages.Catalog));
        }

        return image;
    }

    private static Command CreateBuild()
    {
        var name = new Argument<string>("NAME") { Description = "The runtime: a folder of runtimes/" };
        var architecture = ArchitectureOption.Create("The architecture to build for; else this machine's");
        var from = CreateFrom();
        var library = new Option<string?>("--library")
        {
            HelpName = "FILE",
            Description = "Your own build of the runtime's native library, in place of the one that EdgeBench fetches (tflite, litert)",
        };
        var version = new Option<string?>("--library-version")
        {
            HelpName = "VERSION",
            Description = "Its version, where it cannot be asked since it is for another architecture",
        };
        var command = new Command("build", "Build a runtime's image from this checkout; takes no time where it is up to date")
        {
            name,
            architecture,
            from,
            library,
            version,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(version) is not null && result.GetResult(library) is null)
            {
                result.AddError("--library-version is the version of the file that --library gives");
            }

            if (result.GetResult(from) is not null && result.GetResult(library) is not null)
            {
                result.AddError("--from and --library are two ways to give the native library: take one");
            }
        });
        return command.Does(async (parsed, screen, cancellationToken) =>
        {
            var own = parsed.GetValue(library) is { } file ? new OwnLibrary(Path.GetFullPath(file), parsed.GetValue(version)) : null;
            await BuildAsync(
                screen, parsed.GetRequiredValue(name), parsed.GetValue(architecture), own, parsed.GetValue(from), cancellationToken)
                .ConfigureAwait(false);
            return ExitCode.Done;
        });
    }

    private static Command CreateList() => new Command("list", "List the runtimes that are built or added") { AddCommand.Data }.Does(
        (parsed, screen, _) =>
        {
            var images = new[] { RuntimeImages.Catalog, RuntimeImages.Added(parsed.GetRequiredValue(AddCommand.Data)).Catalog }
                .SelectMany(catalog => catalog.List().Select(image => (Catalog: catalog, Image: image))).ToList();
            if (screen.IsJson)
            {
                screen.Json(images.Select(entry => Describe(entry.Image, entry.Catalog)));
                return Task.FromResult(ExitCode.Done);
            }

            var table = screen.CreateTable("Runtime", "Version", "Architecture", "Models", ">Size", "Image");
            foreach (var (_, image) in images)
            {
                table.AddRow(
                    image.Runtime.Name.EscapeMarkup(), image.Runtime.Version.EscapeMarkup(),
                    ArchitectureOption.NameOf(image.Architecture), image.Runtime.Model.ToString().ToLowerInvariant(),
                    image.TarBytes is { } bytes ? Figures.Bytes(bytes) : "-", image.Name.EscapeMarkup());
            }

            screen.Show(table);
            foreach (var missing in RuntimeImages.Catalog.ListMissing())
            {
                screen.Note(
                    $"{missing.Runtime} for {ArchitectureOption.NameOf(missing.Architecture)} is not available: {missing.Reason}");
            }

            return Task.FromResult(ExitCode.Done);
        });
}

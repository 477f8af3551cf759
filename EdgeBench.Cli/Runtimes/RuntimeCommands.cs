using System.CommandLine;
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

    private static Command CreateBuild()
    {
        var name = new Argument<string>("NAME") { Description = "The runtime: a folder of runtimes/" };
        var architecture = ArchitectureOption.Create("The architecture to build for; else this machine's");
        var library = new Option<string?>("--library")
        {
            HelpName = "FILE",
            Description = "Your own build of the runtime's native library, in place of the one that EdgeBench fetches (tflite)",
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
            library,
            version,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(version) is not null && result.GetResult(library) is null)
            {
                result.AddError("--library-version is the version of the file that --library gives");
            }
        });
        return command.Does(async (parsed, screen, cancellationToken) =>
            {
                var checkout = RuntimeImages.Checkout ?? throw new CommandException(
                    ExitCode.Failed,
                    "EdgeBench's own images are built from a checkout: call ./edgebench there ('edgebench runtime add' adds your own)");
                var builder = new RuntimeImageBuilder(checkout, RuntimeImages.Catalog);
                var image = await builder.BuildAsync(
                    parsed.GetRequiredValue(name), parsed.GetValue(architecture), new StepNotes(screen), cancellationToken,
                    parsed.GetValue(library) is { } file ? new OwnLibrary(Path.GetFullPath(file), parsed.GetValue(version)) : null)
                    .ConfigureAwait(false);
                if (screen.IsJson)
                {
                    screen.Json(Describe(image, RuntimeImages.Catalog));
                }

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

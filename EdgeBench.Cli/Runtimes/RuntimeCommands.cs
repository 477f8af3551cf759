using System.CommandLine;
using System.Runtime.InteropServices;
using EdgeBench.Cli.Terminal;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.RunnerContract;
using Spectre.Console;

namespace EdgeBench.Cli.Runtimes;

/// <summary><c>edgebench runtime</c>: builds and lists runtime images.</summary>
internal static class RuntimeCommands
{
    /// <summary>The command and those below it.</summary>
    public static Command Create() => new("runtime", "Build and list runtime images") { CreateBuild(), CreateList() };

    private static Command CreateBuild()
    {
        var name = new Argument<string>("NAME") { Description = "The runtime: a folder of runtimes/" };
        var architecture = new Option<Architecture>("--arch")
        {
            HelpName = "x64|arm64",
            Description = "The architecture to build for; else this machine's",
            CustomParser = result => Enum.TryParse<Architecture>(result.Tokens[0].Value, ignoreCase: true, out var parsed)
                && parsed is Architecture.X64 or Architecture.Arm64 ? parsed : Report(result),
            DefaultValueFactory = _ => RuntimeInformation.OSArchitecture,
        };
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
                    ExitCode.Failed, "images are built from a checkout: call ./edgebench there");
                var builder = new RuntimeImageBuilder(checkout, RuntimeImages.Catalog);
                var image = await builder.BuildAsync(
                    parsed.GetRequiredValue(name), parsed.GetValue(architecture), new Progress(screen), cancellationToken,
                    parsed.GetValue(library) is { } file ? new OwnLibrary(Path.GetFullPath(file), parsed.GetValue(version)) : null)
                    .ConfigureAwait(false);
                if (screen.IsJson)
                {
                    screen.Json(Describe(image));
                }

                return ExitCode.Done;
            });

        static Architecture Report(System.CommandLine.Parsing.ArgumentResult result)
        {
            result.AddError($"--arch {result.Tokens[0].Value}: there are x64 and arm64");
            return default;
        }
    }

    private static Command CreateList() => new Command("list", "List the runtime images that are built").Does((_, screen, _) =>
    {
        var images = RuntimeImages.Catalog.List();
        if (screen.IsJson)
        {
            screen.Json(images.Select(Describe));
            return Task.FromResult(ExitCode.Done);
        }

        var table = screen.CreateTable("Runtime", "Version", "Architecture", ">Size", "Image");
        foreach (var image in images)
        {
            table.AddRow(
                image.Runtime.Name.EscapeMarkup(), image.Runtime.Version.EscapeMarkup(), NameOf(image.Architecture),
                Figures.Bytes(image.TarBytes), image.Name.EscapeMarkup());
        }

        screen.Show(table);
        foreach (var missing in RuntimeImages.Catalog.ListMissing())
        {
            screen.Note($"{missing.Runtime} for {NameOf(missing.Architecture)} is not available: {missing.Reason}");
        }

        return Task.FromResult(ExitCode.Done);
    });

    private static object Describe(RuntimeImage image) => new
    {
        runtime = image.Runtime.Name,
        image.Runtime.Version,
        architecture = NameOf(image.Architecture),
        image.Name,
        image.DiffIds,
        image.TarSha256,
        image.TarBytes,
        file = RuntimeImages.Catalog.TarOf(image),
    };

    private static string NameOf(Architecture architecture) => architecture.ToString().ToLowerInvariant();

    /// <summary>Says each step at once; <see cref="Progress{T}"/> would say it on another thread, after the next may have begun.</summary>
    private sealed class Progress(Screen screen) : IProgress<string>
    {
        public void Report(string value) => screen.Note(value);
    }
}

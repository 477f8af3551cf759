using System.CommandLine;
using EdgeBench.Cli.Nodes;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.EdgeNode.Images;
using EdgeBench.RunnerContract;

namespace EdgeBench.Cli.Runtimes;

/// <summary><c>edgebench runtime add</c> and <c>remove</c>: runtimes that people bring to their server.</summary>
internal static class AddCommand
{
    /// <summary>The data folder of the server that is meant.</summary>
    public static Option<string> Data { get; } = new("--data")
    {
        HelpName = "DIR",
        Description = "The data folder of the server on this machine",
        DefaultValueFactory = _ => DataFolders.Server,
    };

    /// <summary><c>add</c>.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER|NAME")
        {
            Description = "The folder with the runtime's manifest.json, or a runtime of EdgeBench that is not there from the start (litert)",
        };
        var architecture = ArchitectureOption.Create("The architecture that its files are for; else this machine's");
        var image = new Option<string?>("--image")
        {
            HelpName = "TAR|NAME",
            Description = "Its image, as 'docker save' writes it or by its name in this machine's container engine",
        };
        var registry = new Option<string?>("--registry")
        {
            HelpName = "HOST/NAME@sha256:DIGEST",
            Description = "Its image in a registry, from which devices pull it",
        };
        var from = RuntimeCommands.CreateFrom();
        var command = new Command("add", "Add a runtime to the server on this machine: your own from files or as an image, or one by its name")
        {
            folder,
            architecture,
            image,
            registry,
            from,
            Data,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(image) is not null && result.GetResult(registry) is not null)
            {
                result.AddError("--image and --registry are two ways to give the image: take one");
            }
        });
        return command.Does(async (parsed, screen, cancellationToken) =>
        {
            var source = parsed.GetRequiredValue(folder);
            if (RuntimeImages.IsOwn(source))
            {
                Demand(
                    parsed.GetResult(image) is null && parsed.GetResult(registry) is null,
                    $"{source} is a runtime of EdgeBench itself, which makes its image: leave --image and --registry out");
                await RuntimeCommands.BuildAsync(
                    screen, source, parsed.GetValue(architecture), own: null, parsed.GetValue(from), cancellationToken).ConfigureAwait(false);
                return ExitCode.Done;
            }

            Demand(parsed.GetResult(from) is null, $"--from gives the native library of a runtime of EdgeBench itself, and {source} is none");
            var runtimes = RuntimeImages.Added(parsed.GetRequiredValue(Data));
            var added = parsed.GetValue(registry) is { } reference
                ? await PullAsync(runtimes, source, reference, cancellationToken).ConfigureAwait(false)
                : parsed.GetValue(image) is { } given
                    ? await TakeAsync(runtimes, source, given, cancellationToken).ConfigureAwait(false)
                    : runtimes.AddFiles(source, parsed.GetValue(architecture));
            if (screen.IsJson)
            {
                screen.Json(RuntimeCommands.Describe(added, runtimes.Catalog));
            }
            else
            {
                screen.Line($"{added.Runtime.Name} {added.Runtime.Version} for {ArchitectureOption.NameOf(added.Architecture)} is added "
                    + $"({added.Name}); a server that runs has it at once: edgebench bench MODEL --runtime {added.Runtime.Name}");
            }

            return ExitCode.Done;
        });
    }

    /// <summary><c>remove</c>.</summary>
    public static Command CreateRemove()
    {
        var name = new Argument<string>("NAME") { Description = "The runtime, as 'edgebench runtime list' shows it" };
        return new Command("remove", "Remove a runtime that was added; results stay") { name, Data }.Does((parsed, screen, _) =>
        {
            var removed = RuntimeImages.Added(parsed.GetRequiredValue(Data)).Remove(parsed.GetRequiredValue(name));
            foreach (var image in removed)
            {
                screen.Note($"{image.Runtime.Name} for {ArchitectureOption.NameOf(image.Architecture)} is removed");
            }

            return Task.FromResult(ExitCode.Done);
        });
    }

    private static void Demand(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new CommandException(ExitCode.Usage, otherwise);
        }
    }

    private static async Task<RuntimeImage> TakeAsync(
        AddedRuntimes runtimes, string source, string given, CancellationToken cancellationToken)
    {
        if (File.Exists(given))
        {
            return runtimes.AddArchive(source, given);
        }

        if (given.Contains(".tar", StringComparison.Ordinal))
        {
            throw new CommandException(ExitCode.Usage, $"--image: there is no file {given}");
        }

        // Asked before the engine is, which takes longer.
        runtimes.Manifest(source);
        using var engine = new EngineStore();
        var saved = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await engine.SaveAsync(given, saved, cancellationToken).ConfigureAwait(false);
            return runtimes.AddArchive(source, saved);
        }
        finally
        {
            File.Delete(saved);
        }
    }

    private static async Task<RuntimeImage> PullAsync(
        AddedRuntimes runtimes, string source, string reference, CancellationToken cancellationToken)
    {
        AddedRuntimes.CheckReference(reference);
        runtimes.Manifest(source);
        using var engine = new EngineStore();
        var image = await engine.PullAsync(reference, cancellationToken).ConfigureAwait(false);
        return runtimes.AddReference(source, reference, image.Architecture, image.DiffIds);
    }
}

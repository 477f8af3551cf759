using System.CommandLine;
using EdgeBench.Cli.Runtimes;
using EdgeBench.Cli.Terminal;
using EdgeBench.Cluster.Packaging;

namespace EdgeBench.Cli.Packaging;

/// <summary><c>edgebench package</c>: makes the archive that a board unpacks and runs.</summary>
internal static class PackageCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var architecture = ArchitectureOption.Create("The architecture of the machine it is for; else this machine's");
        var output = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = "Where the archive goes; else artifacts/packages of this checkout",
        };
        return new Command("package", "Make an archive that a machine without .NET unpacks and runs") { architecture, output }.Does(
            async (parsed, screen, cancellationToken) =>
            {
                var checkout = RuntimeImages.Checkout ?? throw new CommandException(
                    ExitCode.Failed, "a package is made from a checkout with the .NET SDK: call ./edgebench package there");
                var package = await new PackageBuilder(checkout, RuntimeImages.Catalog).BuildAsync(
                    parsed.GetValue(architecture), parsed.GetValue(output) ?? Path.Combine(checkout, "artifacts", "packages"),
                    new StepNotes(screen), cancellationToken).ConfigureAwait(false);
                if (screen.IsJson)
                {
                    screen.Json(new
                    {
                        file = package.Path,
                        package.Sha256,
                        package.Bytes,
                        images = package.Images.Select(image => image.Name),
                    });
                    return ExitCode.Done;
                }

                var name = ArchitectureOption.NameOf(parsed.GetValue(architecture));
                screen.Line($"{package.Path} ({Figures.Bytes(package.Bytes)}, SHA-256 {package.Sha256})");
                screen.Line(package.Images.Count == 0
                    ? $"without runtime images, as none is built for {name}; devices get theirs from the server ('edgebench runtime build')"
                    : $"with {string.Join(", ", package.Images.Select(image => image.Name))}");
                screen.Line("on the machine: tar -xzf FILE, then ./install.sh --join HOST --token-file FILE");
                return ExitCode.Done;
            });
    }
}

using System.CommandLine;
using EdgeBench.Cli.Administration;
using EdgeBench.Cli.Comparisons;
using EdgeBench.Cli.Conversion;
using EdgeBench.Cli.Devices;
using EdgeBench.Cli.Nodes;
using EdgeBench.Cli.Packaging;
using EdgeBench.Cli.Runtimes;
using EdgeBench.Cli.Tasks;
using EdgeBench.Cli.Terminal;
using EdgeBench.Cluster;
using EdgeBench.Cluster.Calibration;
using EdgeBench.Cluster.Checking;
using EdgeBench.Cluster.Packaging;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Images;
using EdgeBench.Models;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Cli;

/// <summary>The command <c>edgebench</c>: parses, runs, and turns whatever goes wrong into one line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>How long a command may take to end after Ctrl-C or SIGTERM: a measurement is stopped and its container removed.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(45);

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The words behind <c>edgebench</c>.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <returns>The exit code, see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var root = CreateRoot();
        var given = root.Parse(arguments);
        var screen = new Screen(output, error, CommonOptions.FormatOf(given), given.GetValue(CommonOptions.Verbose));
        try
        {
            var parsed = root.Parse(NodeSettings.Complete(arguments));
            if (parsed.Errors.Count > 0)
            {
                var command = string.Join(' ', parsed.CommandResult.Path());
                var problems = string.Join("; ", parsed.Errors.Select(problem => OneLine(problem.Message).TrimEnd('.')).Distinct());
                throw new CommandException(ExitCode.Usage, $"{problems}. '{command} --help' lists what there is");
            }

            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = StopLimit,
                Output = output,
                Error = error,
            };
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            var (code, message) = Describe(exception);
            screen.Fail(code, message, exception);
            return (int)code;
        }
    }

    /// <summary>The command and all below it.</summary>
    internal static RootCommand CreateRoot() => new("Measures how fast a Keras model runs on your devices, and tells why.")
    {
        CommonOptions.Json,
        CommonOptions.Verbose,
        BenchCommand.Create(),
        TaskCommands.Create(),
        CompareCommand.Create(),
        DeviceCommands.Create(),
        ClusterCommands.Create(),
        ConvertCommand.Create(),
        InspectCommand.Create(),
        ServerCommand.Create(),
        EdgeCommand.Create(),
        RuntimeCommands.Create(),
        PackageCommand.Create(),
    };

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static (ExitCode Code, string Message) Describe(Exception exception) => exception switch
    {
        CommandException command => (command.Code, command.Message),
        ModelNotAcceptedException refused => (ExitCode.ModelNotAccepted, refused.Message),
        OperationCanceledException => (ExitCode.Interrupted, "interrupted"),
        ServerStartException or DataFolderException or RuntimeBuildException or CheckFailedException or CheckDataException
            or CalibrationException or RangesException
            or PackageException or EngineStoreException =>
            (ExitCode.Failed, exception.Message),
        IOException or UnauthorizedAccessException => (ExitCode.Failed, exception.Message),
        _ => (ExitCode.Failed, $"unexpected {exception.GetType().Name}: {exception.Message} (--verbose shows where)"),
    };
}

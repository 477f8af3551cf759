using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeBench.Cli.Conversion;
using EdgeBench.Cli.Nodes;
using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Cli.Tasks;

/// <summary><c>edgebench bench</c>: submits models and shows how fast they run.</summary>
internal sealed class BenchCommand
{
    private readonly Argument<string[]> _models = new Argument<string[]>("MODEL")
    {
        Description = "Keras models (.h5, .keras, .json) or .onnx files",
        Arity = ArgumentArity.OneOrMore,
    }.ForFiles();

    private readonly Option<List<DeviceName>> _devices = new("--device")
    {
        HelpName = "NAME",
        Description = "A device to measure on, may be repeated; else every device that is online",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseDevices,
    };

    private readonly Option<string[]> _runtimes = new("--runtime")
    {
        HelpName = "NAME",
        Description = "A runtime to measure with, may be repeated; else all that fit",
    };

    private readonly Option<int> _runs = new("--runs")
    {
        HelpName = "N",
        Description = "Timed runs of a cell",
        DefaultValueFactory = _ => MeasurementOptions.DefaultRuns,
    };

    private readonly Option<int?> _threads = new("--threads")
    {
        HelpName = "N",
        Description = "Threads of one inference; else every core of the device, one kept for its agent where there are three or more",
    };

    private readonly Option<TaskKey> _key = new("--key")
    {
        HelpName = "KEY",
        Description = "Makes submitting twice harmless: the same key and the same request is the same task",
        CustomParser = ParseKey,
        DefaultValueFactory = _ => TaskKey.New(),
    };

    private readonly Option<bool> _local = new("--local")
    {
        Description = "Measure on this machine without a cluster: a server and an edge node live inside the command",
    };

    private readonly Option<string> _data = new("--data")
    {
        HelpName = "DIR",
        Description = "With --local: where results are kept",
        DefaultValueFactory = _ => DataFolders.Local,
    };

    private readonly ModelOptions _modelOptions = new();

    private BenchCommand()
    {
        _runs.Validators.Add(result => RequireBetween(result, 1, MeasurementOptions.MaximumRuns));
        _threads.Validators.Add(result => RequireBetween(result, 1, MeasurementOptions.MaximumThreads));
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var bench = new BenchCommand();
        var command = new Command("bench", "Measure models on devices and print the table")
        {
            bench._models,
            bench._devices,
            bench._runtimes,
            bench._runs,
            bench._threads,
            bench._key,
            bench._local,
            bench._data,
            NodeOptionSet.Isolation,
            ServerOption.Server,
        };
        bench._modelOptions.AddTo(command);
        return command.Does(bench.RunAsync);
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, Screen screen, CancellationToken cancellationToken)
    {
        var submission = Describe(parsed);
        if (!parsed.GetValue(_local))
        {
            await using var client = ServerOption.Connect(parsed);
            return await RunAsync(client, submission, screen, Detach, cancellationToken).ConfigureAwait(false);
        }

        var least = parsed.GetValue(CommonOptions.Verbose) ? LogLevel.Information : LogLevel.Error;
        await using var cluster = await LocalCluster.StartAsync(
            parsed.GetValue(NodeOptionSet.Isolation), parsed.GetRequiredValue(_data), least, cancellationToken).ConfigureAwait(false);
        return await RunAsync(cluster.Client, submission, screen, CancelAsync, cancellationToken).ConfigureAwait(false);

        Task Detach(TaskId task)
        {
            screen.Note($"the task goes on; 'edgebench task watch {task}' attaches again, 'edgebench task cancel {task}' cancels it");
            return Task.CompletedTask;
        }

        async Task CancelAsync(TaskId task) =>
            await cluster.Client.CancelAsync(task, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task<ExitCode> RunAsync(
        EdgeBenchClient client, Submission submission, Screen screen, Func<TaskId, Task> interrupted, CancellationToken cancellationToken)
    {
        var accepted = (await client.SubmitAsync(submission, cancellationToken).ConfigureAwait(false)).OrFail();
        var cells = accepted.Cells.Count == 1 ? "1 cell" : $"{accepted.Cells.Count} cells";
        screen.Note($"task {accepted.Task}: {cells}{(accepted.Existed ? ", submitted before" : "")}");
        try
        {
            var state = await TaskWatch.FollowAsync(client, accepted.Task, screen, cancellationToken).ConfigureAwait(false);
            TaskCommands.Print(state, screen);
            return TaskWatch.CodeOf(state);
        }
        catch (OperationCanceledException)
        {
            await interrupted(accepted.Task).ConfigureAwait(false);
            throw;
        }
    }

    private Submission Describe(ParseResult parsed)
    {
        var options = _modelOptions.Read(parsed);
        var models = parsed.GetRequiredValue(_models).Select(path => new ModelFile(path)
        {
            WeightsPath = options.WeightsFile,
            SyntheticSeed = options.SyntheticSeed,
            InputShapes = options.InputShapes,
        }).ToList();
        foreach (var path in models.SelectMany(model => new[] { model.Path, model.WeightsPath }).OfType<string>())
        {
            ModelFiles.RequireForUpload(path);
        }

        return new Submission
        {
            Key = parsed.GetRequiredValue(_key),
            Models = models,
            Devices = parsed.GetValue(_devices) ?? [],
            Runtimes = parsed.GetValue(_runtimes) ?? [],
            Options = new MeasurementOptions { Runs = parsed.GetValue(_runs), Threads = parsed.GetValue(_threads) },
        };
    }

    private static void RequireBetween(OptionResult result, int least, int most)
    {
        if (result.Errors.Any() || result.Tokens is not [var token])
        {
            return;
        }

        if (!int.TryParse(token.Value, out var value) || value < least || value > most)
        {
            result.AddError($"{result.IdentifierToken?.Value} {token.Value}: give a whole number from {least} to {most}");
        }
    }

    private static List<DeviceName>? ParseDevices(ArgumentResult result)
    {
        var names = new List<DeviceName>();
        foreach (var token in result.Tokens)
        {
            if (!DeviceName.TryParse(token.Value, null, out var name))
            {
                result.AddError($"--device {token.Value}: no device can have that name; 'edgebench device list' shows those there are");
                return null;
            }

            names.Add(name);
        }

        return names;
    }

    private static TaskKey? ParseKey(ArgumentResult result)
    {
        if (!TaskKey.TryParse(result.Tokens[0].Value, null, out var key))
        {
            result.AddError($"--key: a key is 1 to {TaskKey.MaximumLength} printable ASCII characters without spaces");
        }

        return key;
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using EdgeBench.Cli.Conversion;
using EdgeBench.Cli.Nodes;
using EdgeBench.Cli.Planning;
using EdgeBench.Cli.Results;
using EdgeBench.Cli.Terminal;
using EdgeBench.Cli.Zoo;
using EdgeBench.Client;
using EdgeBench.Cluster.Checking;
using EdgeBench.Messages.Tasks;
using EdgeBench.Models;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Cli.Tasks;

/// <summary><c>edgebench bench</c>: submits models and shows how fast they run.</summary>
internal sealed class BenchCommand
{
    private readonly Argument<string[]> _models = new Argument<string[]>("MODEL")
    {
        Description = "Keras models (.h5, .keras, .json), .onnx or .tflite files",
        Arity = ArgumentArity.ZeroOrMore,
    }.ForFiles();

    private readonly Option<List<string>> _zoo = new("--zoo")
    {
        HelpName = "NAME,...",
        Description = $"Models that come with EdgeBench: '{ModelZoo.Paper}' for the five of the paper, or single ones",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseZoo,
    };

    private readonly GridOptions _grid = new();

    private readonly MeasurementOptionSet _measurement = new();

    private readonly Option<bool> _fresh = new("--fresh")
    {
        Description = "Measure every cell, although a valid result of the very same conditions may be there already",
    };

    private readonly Option<bool> _plan = new("--plan", "--dry-run")
    {
        Description = "Show what would be measured and how long that is expected to take, and stop",
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

    private readonly CheckOptions _check = new();
    private readonly CalibrationOptions _calibration = new();

    private BenchCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var bench = new BenchCommand();
        var command = new Command("bench", "Measure models on devices and print the table")
        {
            bench._models,
            bench._zoo,
            bench._plan,
            bench._fresh,
            RowsOption.Rows,
            bench._key,
            bench._local,
            bench._data,
            NodeOptionSet.Isolation,
            ServerOption.Server,
        };
        bench._grid.AddTo(command);
        bench._measurement.AddTo(command);
        bench._modelOptions.AddTo(command);
        bench._calibration.AddTo(command);
        bench._check.AddTo(command);
        command.Validators.Add(bench.RequireModel);
        command.Validators.Add(bench.RequireInt8);
        return command.InEveryFormat().Does(bench.RunAsync);
    }

    private async Task<ExitCode> RunAsync(ParseResult parsed, Screen screen, CancellationToken cancellationToken)
    {
        var submission = Describe(parsed);
        if (!parsed.GetValue(_local))
        {
            await using var client = ServerOption.Connect(parsed);
            return await RunAsync(client, Detach).ConfigureAwait(false);
        }

        var least = parsed.GetValue(CommonOptions.Verbose) ? LogLevel.Information : LogLevel.Error;
        await using var cluster = await LocalCluster.StartAsync(
            parsed.GetValue(NodeOptionSet.Isolation), parsed.GetRequiredValue(_data), least, cancellationToken).ConfigureAwait(false);
        return await RunAsync(cluster.Client, CancelAsync).ConfigureAwait(false);

        async Task<ExitCode> RunAsync(EdgeBenchClient client, Func<TaskId, Task> interrupted)
        {
            var plan = await PricedPlan.MakeAsync(client, submission, CountFlops, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(_plan))
            {
                plan.Print(screen);
                return ExitCode.Done;
            }

            foreach (var line in plan.Summary())
            {
                screen.Note(line);
            }

            return await MeasureAsync(client, plan, interrupted).ConfigureAwait(false);
        }

        async Task<ExitCode> MeasureAsync(EdgeBenchClient client, PricedPlan plan, Func<TaskId, Task> interrupted)
        {
            var accepted = (await client.SubmitAsync(submission, cancellationToken).ConfigureAwait(false)).OrFail();
            screen.Note($"task {accepted.Task}: {Figures.Counted(accepted.Cells.Count, "cell")}{(accepted.Existed ? ", submitted before" : "")}");
            try
            {
                var state = await TaskWatch.FollowAsync(client, accepted.Task, plan, screen, cancellationToken).ConfigureAwait(false);
                TaskReport.Print(state, screen, parsed.GetValue(RowsOption.Rows));
                return TaskWatch.CodeOf(state);
            }
            catch (OperationCanceledException)
            {
                await interrupted(accepted.Task).ConfigureAwait(false);
                throw;
            }
        }

        long? CountFlops(ModelFile model) => BenchCommand.CountFlops(model, cancellationToken);

        Task Detach(TaskId task)
        {
            screen.Note($"the task goes on; 'edgebench task watch {task}' attaches again, 'edgebench task cancel {task}' cancels it");
            return Task.CompletedTask;
        }

        async Task CancelAsync(TaskId task) =>
            await cluster.Client.CancelAsync(task, CancellationToken.None).ConfigureAwait(false);
    }

    private Submission Describe(ParseResult parsed)
    {
        var options = _modelOptions.Read(parsed);
        var checkFiles = CheckFiles(parsed.GetValue(_check.Folder));
        var samples = _calibration.Sources(parsed)
            .SelectMany(source => source.Files().Select(file => (source.Input, file))).ToList();
        var ranges = parsed.GetValue(_calibration.Ranges);
        var models = parsed.GetRequiredValue(_models).Concat(parsed.GetValue(_zoo) ?? []).Select(path => new ModelFile(path)
        {
            WeightsPath = options.WeightsFile,
            SyntheticSeed = options.SyntheticSeed,
            InputShapes = options.InputShapes,
            CheckPaths = checkFiles,
            CalibrationPaths = samples,
            RangesPath = ranges,
            NoCheck = parsed.GetValue(_check.None),
        }).ToList();
        if ((samples.Count > 0 || ranges is not null) && models.Count > 1)
        {
            throw new CommandException(ExitCode.Usage, "--calibration and --ranges are for one model, so measure one at a time");
        }

        if (checkFiles.Count > 0 && models.Count > 1)
        {
            throw new CommandException(ExitCode.Usage, "--check: the outputs of one model are expected, so measure one at a time");
        }

        foreach (var path in models.SelectMany(model => new[] { model.Path, model.WeightsPath, model.RangesPath }).OfType<string>())
        {
            ModelFiles.RequireForUpload(path);
        }

        return new Submission
        {
            Key = parsed.GetRequiredValue(_key),
            Models = models,
            Devices = parsed.GetValue(_grid.Devices) ?? [],
            Runtimes = parsed.GetValue(_grid.Runtimes) ?? [],
            Precisions = parsed.GetValue(_grid.Precisions) ?? [],
            Threads = parsed.GetValue(_grid.Threads) ?? [],
            Options = _measurement.Read(parsed),
            Inputs = _measurement.ReadInputs(parsed),
            Fresh = parsed.GetValue(_fresh),
        };
    }

    /// <summary>The files to check with, which are read here so that what is wrong with them is told at once.</summary>
    private static List<string> CheckFiles(string? folder)
    {
        if (folder is null)
        {
            return [];
        }

        CheckData.Read(folder);
        return [.. Directory.EnumerateFiles(folder).Where(file => CheckData.IsPart(Path.GetFileName(file))).Order(StringComparer.Ordinal)];
    }

    /// <summary>The FLOPs of a model, or null where they cannot be counted; what is wrong with it the server says.</summary>
    private static long? CountFlops(ModelFile file, CancellationToken cancellationToken)
    {
        try
        {
            var options = new ModelReadOptions
            {
                WeightsFile = file.WeightsPath,
                SyntheticSeed = file.SyntheticSeed,
                InputShapes = file.InputShapes,
            };
            return Model.Read(file.Path, options, cancellationToken).Flops;
        }
        catch (ModelNotAcceptedException)
        {
            return null;
        }
    }

    private void RequireModel(CommandResult result)
    {
        if (result.GetResult(_models) is not { Tokens.Count: > 0 } && result.GetResult(_zoo) is null)
        {
            result.AddError($"name a model file, or --zoo {ModelZoo.Paper}");
        }
    }

    private void RequireInt8(CommandResult result)
    {
        if (_calibration.Given(result) is { } given && result.GetValue(_grid.Precisions)?.Contains(Precision.Integer) != true)
        {
            result.AddError($"{given} is for --precision {Precision.Integer}");
        }
        else if (_calibration.HasBoth(result))
        {
            result.AddError("--calibration measures what --ranges tells; give one of them");
        }
    }

    private static List<string> ParseZoo(ArgumentResult result)
    {
        var files = new List<string>();
        foreach (var name in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (ModelZoo.Find(name) is { } found)
            {
                files.AddRange(found);
            }
            else
            {
                result.AddError($"--zoo {name}: there are {string.Join(", ", ModelZoo.Names)}");
            }
        }

        return [.. files.Distinct()];
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

using System.Globalization;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.EdgeNode.Images;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;
using EdgeBench.RunnerContract;
using Microsoft.Extensions.Logging;

namespace EdgeBench.EdgeNode.Agent;

/// <summary>The process' measurements in the words of the cluster.</summary>
internal sealed class ProcessMeasurements(
    RunningMeasurements running, OutcomeTranslation translation, DeviceFacts facts, ILogger log) : IMeasurements
{
    // A model that takes longer for one run is no matter for an edge device.
    private static readonly TimeSpan TimeOfOneRun = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TimeBeforeRuns = TimeSpan.FromMinutes(10);

    // Ten runs at least are needed to see that they are steady, and a large network takes seconds for one on a small board.
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(30);

    public bool Holds(AttemptId attempt) => running.Find(attempt.ToString()) is not null;

    public void Begin(ToDevice.RunCell assignment, FetchedFiles files)
    {
        var cell = assignment.Assignment;
        var model = $"model.{cell.Format}";
        var cpus = CpuSet.ForMeasurement(facts.AllowedCpus.Value ?? CpuSet.Of(Enumerable.Range(0, Environment.ProcessorCount)));
        running.Start(new MeasurementOrder
        {
            Attempt = assignment.Attempt.ToString(),
            Server = assignment.Server.Value,
            Image = LocalImage.Of(cell.Image, files.ImageTar),
            Job = new Job
            {
                Contract = ContractVersion.Current,
                Mode = JobMode.Measure,
                Model = model,
                Threads = cell.Options.Threads ?? cpus.Count,
                Inputs = [.. cell.Options.Inputs.Select((input, number) => new JobInput(input.Name, InputFile(number)))],
                Seed = cell.Options.Seed,
                WarmUp = new WarmUpPlan(MaximumMilliseconds: (int)LongestWarmUp.TotalMilliseconds),
                Timed = new TimedPlan
                {
                    Runs = Share(cell.Options.Runs, cell.Options.Starts),
                    MinimumMilliseconds = Share(cell.Options.MinimumMilliseconds, cell.Options.Starts),
                },
                Options = cell.Options.RuntimeOptions,
            },
            Files = new Dictionary<string, string>(
                files.Inputs.Select((path, number) => KeyValuePair.Create(InputFile(number), path)).Append(new(model, files.Model))),
            Limits = new InferenceLimits
            {
                Cpus = cpus,
                MemoryBytes = MemoryLimit(),
                WallTime = TimeBeforeRuns + (TimeOfOneRun * Share(cell.Options.Runs, cell.Options.Starts))
                    + TimeSpan.FromMilliseconds(Share(cell.Options.MinimumMilliseconds, cell.Options.Starts)),
            },
            ModelFetchNanoseconds = files.ModelNanoseconds,
            ImageFetchNanoseconds = files.ImageNanoseconds,
            Options = cell.Options,
            Model = new MeasuredModel
            {
                Sha256 = cell.Model.Sha256.Hex,
                Format = cell.Format,
                Precision = cell.Precision,
                Flops = cell.Flops,
                FastConvolutionShare = cell.FastConvolutionShare,
                Converter = cell.Converter,
            },
            Libraries = cell.Image.Libraries,
        });
    }

    public async Task<AttemptOutcome> FollowAsync(AttemptId attempt, IProgress<AttemptPhase> progress, CancellationToken unfollow)
    {
        var measurement = running.Find(attempt.ToString())
            ?? throw new InvalidOperationException($"no measurement of attempt {attempt} was begun");
        await foreach (var step in measurement.FollowAsync(unfollow).ConfigureAwait(false))
        {
            progress.Report(new AttemptPhase(NameOf(step.Phase), step.Runs, step.Start, measurement.Order.Options.Starts));
        }

        var result = await measurement.Completion.WaitAsync(unfollow).ConfigureAwait(false);
        if (measurement.SpoolProblem is { } problem)
        {
            log.LogError("the result of attempt {Attempt} is only in memory until the server has it: {Problem}", attempt, problem);
        }

        return translation.Of(result);
    }

    public async Task StopAsync(AttemptId attempt)
    {
        if (running.Find(attempt.ToString()) is { } measurement)
        {
            measurement.Stop();
            await measurement.Completion.ConfigureAwait(false);
        }
    }

    public async Task ForgetAsync(AttemptId attempt) => await running.TakeAsync(attempt.ToString()).ConfigureAwait(false);

    // A quarter stays with the system and the agent, so that a model that is too large ends its container and not the board.
    private long MemoryLimit() => (facts.TotalMemory.Value?.Bytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) / 4 * 3;

    private static string InputFile(int number) => string.Create(CultureInfo.InvariantCulture, $"input{number}.raw");

    // What is asked of a cell is asked of all its starts together.
    private static int Share(int whole, int starts) => (whole + starts - 1) / starts;

    private static string NameOf(MeasurementPhase phase) => phase switch
    {
        MeasurementPhase.Waiting => "waiting",
        MeasurementPhase.Image => "image",
        MeasurementPhase.Starting => "starting",
        MeasurementPhase.Loading => "loading",
        MeasurementPhase.WarmUp => "warm-up",
        MeasurementPhase.Timed => "timed runs",
        MeasurementPhase.Memory => "memory",
        _ => "ending",
    };
}

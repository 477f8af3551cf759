using System.Diagnostics;
using EdgeBench.Runner.Engines;
using EdgeBench.Runner.Hosting;
using EdgeBench.Runner.Jobs;
using EdgeBench.Runner.Lines;
using EdgeBench.Runner.Measuring;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner;

/// <summary>What the program does from its arguments to its last line.</summary>
internal static class Evaluation
{
    // In base64 such a piece is 64 KB long.
    private const int OutputPieceBytes = 48 * 1024;

    /// <summary>Evaluates the model in a job folder.</summary>
    /// <param name="arguments">The engine's name and the job folder.</param>
    /// <param name="lines">Where the lines of the contract go.</param>
    public static void Run(string[] arguments, LineWriter lines)
    {
        if (arguments is not [var engineName, var folder])
        {
            throw new RunnerException(FailureCode.JobNotValid, "this program takes two arguments: the runtime's name and the job folder");
        }

        var engine = EngineList.Find(engineName);
        lines.Write(new StartedLine(ContractVersion.Current, engine.Identify()));

        var jobFolder = JobFolder.Open(folder);
        var job = jobFolder.Job;
        var begin = Stopwatch.GetTimestamp();
        using var model = engine.Load(jobFolder.Model, job.Threads, job.Options);
        var loading = Nanoseconds.Between(begin, Stopwatch.GetTimestamp());
        lines.Write(new LoadedLine(loading, model.Inputs, model.Outputs, job.Threads, model.Options)
        {
            Providers = model.Providers,
            AskedProvider = model.AskedProvider,
        });

        jobFolder.FillInputs(model, sample: 0);
        lines.Write(new FirstRunLine(Measurement.TimeOneRun(model)));
        if (job.Mode == JobMode.Measure)
        {
            Measurement.Run(model, job.WarmUp, job.Timed, lines);
        }
        else
        {
            WriteOutputs(model, lines);
            for (var sample = 1; sample < job.Samples; sample++)
            {
                jobFolder.FillInputs(model, sample);
                model.Run();
                WriteOutputs(model, lines);
            }
        }

        lines.Write(new CompletedLine(HashOutputs(model), PeakMemory.ResidentBytes()));
    }

    private static void WriteOutputs(ILoadedModel model, LineWriter lines)
    {
        for (var index = 0; index < model.Outputs.Count; index++)
        {
            var rest = model.Output(index);
            do
            {
                var piece = rest[..Math.Min(rest.Length, OutputPieceBytes)];
                rest = rest[piece.Length..];
                lines.Write(new OutputLine(model.Outputs[index].Name, piece.ToArray(), rest.IsEmpty));
            }
            while (!rest.IsEmpty);
        }
    }

    private static string HashOutputs(ILoadedModel model)
    {
        var hash = new Sha256();
        for (var index = 0; index < model.Outputs.Count; index++)
        {
            hash.Append(model.Output(index));
        }

        return hash.Finish();
    }
}

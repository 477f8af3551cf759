using EdgeBench.Runner;
using EdgeBench.Runner.Hosting;
using EdgeBench.Runner.Lines;
using EdgeBench.RunnerContract;

using var lines = new LineWriter(StandardOutput.TakeOver());
using var termination = Termination.Obey();

try
{
    Evaluation.Run(args, lines);
    return 0;
}
catch (RunnerException failure)
{
    lines.Write(new FailedLine(failure.Code, failure.Message));
    return (int)failure.Code;
}

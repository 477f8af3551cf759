using EdgeBench.Cli;
using EdgeBench.Cluster.Conversion;

// A server's own child, which does one thing and is short of time: nothing else is set up.
return args is [ConversionProgram.Word, var folder]
    ? ConversionProgram.Run(folder)
    : await CommandLine.RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);

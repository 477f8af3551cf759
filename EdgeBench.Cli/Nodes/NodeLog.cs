using Microsoft.Extensions.Logging;

namespace EdgeBench.Cli.Nodes;

/// <summary>The log of a node: lines on standard error.</summary>
internal static class NodeLog
{
    /// <summary>A log for people, or, under systemd, for its journal.</summary>
    /// <param name="least">The least level that is shown.</param>
    public static ILoggerFactory Create(LogLevel least) => LoggerFactory.Create(logging =>
    {
        // Of what the libraries say, each request among it, only trouble is for the reader of this log.
        var leastOfLibraries = least > LogLevel.Warning ? least : LogLevel.Warning;
        logging.SetMinimumLevel(least).AddFilter("Akka", leastOfLibraries).AddFilter("Microsoft", leastOfLibraries);
        logging.AddConsole(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 })
        {
            logging.AddSystemdConsole();
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
            });
        }
    });
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Tests.Cluster;

/// <summary>Keeps what a node logs, so that a test can look for it and a failed test shows it.</summary>
internal sealed class TestLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Line)> _lines = new();

    public bool Contains(LogLevel level, string text) =>
        _lines.Any(line => line.Level == level && line.Line.Contains(text, StringComparison.Ordinal));

    /// <summary>Hands what was logged to the test's output.</summary>
    public void Show()
    {
        foreach (var (level, line) in _lines.Where(line => line.Level >= LogLevel.Information))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{level}: {line}");
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));
}

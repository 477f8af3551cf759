using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using AkkaLevel = Akka.Event.LogLevel;
using HostLevel = Microsoft.Extensions.Logging.LogLevel;

namespace EdgeBench.Messages.Nodes;

/// <summary>
/// Hands what actors log to the host's logger, under the name of the class that said it. What Akka says of its own doings counts as detail.
/// </summary>
internal sealed class HostLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly ILoggerFactory _loggers = Context.System.Settings.Setup.Get<HostLoggerSetup>().Value.Loggers;

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case LogEvent said:
                var level = LevelOf(said);
                _loggers.CreateLogger(said.LogClass.FullName ?? said.LogClass.Name)
                    .Log(level, said.Cause, "{Message}", said.Message.ToString());
                break;
        }
    }

    private static HostLevel LevelOf(LogEvent said) => said.LogLevel() switch
    {
        // A connection that ended: whom it matters to notices by missing answers, and says so in words.
        _ when said.Cause?.GetType().Namespace == "Akka.Remote" => HostLevel.Debug,
        AkkaLevel.ErrorLevel => HostLevel.Error,
        AkkaLevel.WarningLevel => HostLevel.Warning,
        AkkaLevel.InfoLevel when said.LogClass.FullName?.StartsWith("EdgeBench.", StringComparison.Ordinal) == true
            => HostLevel.Information,
        _ => HostLevel.Debug,
    };
}

/// <summary>Where the log of a system goes.</summary>
/// <param name="loggers">The host's loggers.</param>
internal sealed class HostLoggerSetup(ILoggerFactory loggers) : Setup
{
    /// <summary>The host's loggers.</summary>
    public ILoggerFactory Loggers { get; } = loggers;
}

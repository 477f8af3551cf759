using Akka.Actor;
using Akka.Event;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Conversion;

/// <summary>Carries out one conversion at a time, on a thread of the dispatcher that is there for it.</summary>
internal sealed class ConversionWorker : UntypedActor
{
    private readonly IModelConversion _conversion;
    private readonly ILoggingAdapter _logger = Context.GetLogger();

    /// <summary>To be made with <see cref="Props"/>.</summary>
    public ConversionWorker(IModelConversion conversion) => _conversion = conversion;

    /// <summary>Makes a worker.</summary>
    public static Props Props(IModelConversion conversion) =>
        Akka.Actor.Props.Create(() => new ConversionWorker(conversion)).WithDispatcher("edgebench.conversion-dispatcher");

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        if (message is Work work)
        {
            Context.Parent.Tell(new Done(work.Number, Convert(work)));
        }
        else
        {
            Unhandled(message);
        }
    }

    private ConversionOutcome? Convert(Work work)
    {
        try
        {
            return _conversion.Convert(work.Source, work.Format, work.Precision, work.CancellationToken);
        }
        catch (OperationCanceledException) when (work.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            // The disk may be full, or a reader may fall over what no one thought of; the user is told, and the other models go on.
            _logger.Error(exception, "The conversion of {0} to {1} failed", work.Source.FileName, work.Format);
            return ConversionOutcome.Broken($"{work.Source.FileName} could not be converted: {exception.Message}");
        }
    }

    /// <summary>To a worker.</summary>
    public sealed record Work(long Number, ModelSource Source, string Format, string Precision, CancellationToken CancellationToken);

    /// <summary>From a worker: what came of it, or null where it was ended.</summary>
    public sealed record Done(long Number, ConversionOutcome? Outcome);
}

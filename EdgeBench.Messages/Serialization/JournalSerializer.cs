using Akka.Actor;

namespace EdgeBench.Messages.Serialization;

/// <summary>The serializer of events in the journal.</summary>
/// <param name="system">The system it works for.</param>
internal sealed class JournalSerializer(ExtendedActorSystem system) : JsonManifestSerializer<IJournalEvent>(system)
{
    /// <inheritdoc />
    public override int Identifier => 8651;

    /// <inheritdoc />
    protected override int MaximumBytes => MessageLimits.MaximumEventBytes;
}

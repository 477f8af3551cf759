using Akka.Actor;

namespace EdgeBench.Messages.Serialization;

/// <summary>The serializer of events in the journal.</summary>
/// <param name="system">The system it works for.</param>
internal sealed class JournalSerializer(ExtendedActorSystem system) : JsonManifestSerializer<IJournalEvent>(system)
{
    /// <summary>The greatest length of an event: one must fit a page of events, see <see cref="Clients.ClientReplies.EventPage"/>.</summary>
    public const int MaximumEventBytes = 64 * 1024;

    /// <inheritdoc />
    public override int Identifier => 8651;

    /// <inheritdoc />
    protected override int MaximumBytes => MaximumEventBytes;
}

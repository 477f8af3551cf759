using Akka.Actor;

namespace EdgeBench.Messages.Serialization;

/// <summary>The serializer of messages between nodes.</summary>
/// <param name="system">The system it works for.</param>
internal sealed class WireSerializer(ExtendedActorSystem system) : JsonManifestSerializer<IWireMessage>(system)
{
    /// <inheritdoc />
    public override int Identifier => 8650;

    /// <inheritdoc />
    protected override int MaximumBytes => MessageLimits.MaximumMessageBytes;
}

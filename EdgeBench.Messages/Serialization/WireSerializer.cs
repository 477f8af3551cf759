using Akka.Actor;

namespace EdgeBench.Messages.Serialization;

/// <summary>The serializer of messages between nodes.</summary>
/// <param name="system">The system it works for.</param>
internal sealed class WireSerializer(ExtendedActorSystem system) : JsonManifestSerializer<IWireMessage>(system)
{
    /// <summary>The greatest length of a message: a frame has 128,000 bytes, some of which are the envelope's.</summary>
    public const int MaximumMessageBytes = 100_000;

    /// <inheritdoc />
    public override int Identifier => 8650;

    /// <inheritdoc />
    protected override int MaximumBytes => MaximumMessageBytes;
}

using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace EdgeBench.Messages.Serialization;

/// <summary>
/// Takes the place of Akka's own JSON serializer, which makes an object of whatever type the payload names: strict serialization stops that
/// on the
/// way out only, this one on the way in.
/// </summary>
internal sealed class RejectingSerializer : Serializer
{
    /// <summary>Made by Akka.</summary>
    /// <param name="system">The system it works for.</param>
    /// <param name="config">What Akka's own serializer would be told.</param>
    public RejectingSerializer(ExtendedActorSystem system, Config config)
        : base(system) => _ = config;

    /// <inheritdoc />
    public override int Identifier => 1;

    /// <inheritdoc />
    public override bool IncludeManifest => false;

    /// <inheritdoc />
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj?.GetType()} is bound to no serializer");

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new SerializationException("a payload that names its own type is not read");
}

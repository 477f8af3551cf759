using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;

namespace EdgeBench.Messages.Serialization;

/// <summary>Writes records as UTF-8 JSON under their manifests, and reads nothing but the records of one kind.</summary>
/// <typeparam name="T">What marks the records of this kind.</typeparam>
internal abstract class JsonManifestSerializer<T>(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The greatest length of one of them in bytes.</summary>
    protected abstract int MaximumBytes { get; }

    /// <inheritdoc />
    public override string Manifest(object o)
    {
        ArgumentNullException.ThrowIfNull(o);
        return o is T && Manifests.Of(o.GetType()) is { } manifest
            ? manifest
            : throw new SerializationException($"{o.GetType()} has no manifest as {typeof(T).Name}");
    }

    /// <inheritdoc />
    public override byte[] ToBinary(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType(), MessagesJson.Options);
        return bytes.Length <= MaximumBytes
            ? bytes
            : throw new SerializationException(
                $"a {Manifest(obj)} of {bytes.Length} bytes is longer than the {MaximumBytes} that it may have");
    }

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!Manifests.Types.TryGetValue(manifest, out var type) || !type.IsAssignableTo(typeof(T)))
        {
            throw new SerializationException($"'{manifest}' is no manifest of a {typeof(T).Name}");
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, type, MessagesJson.Options)
                ?? throw new SerializationException($"the JSON of a {manifest} is null");
        }
        catch (JsonException exception)
        {
            throw new SerializationException($"the JSON of a {manifest} is not as it must be: {exception.Message}", exception);
        }
    }
}

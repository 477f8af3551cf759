using System.Collections.Frozen;
using System.Reflection;

namespace EdgeBench.Messages.Serialization;

/// <summary>The types of this assembly that have a manifest, by manifest and by type.</summary>
internal static class Manifests
{
    /// <summary>All of them.</summary>
    public static FrozenDictionary<string, Type> Types { get; } = (
        from type in typeof(Manifests).Assembly.GetTypes()
        let manifest = type.GetCustomAttribute<ManifestAttribute>()
        where manifest is not null
        select KeyValuePair.Create(manifest.Name, type)).ToFrozenDictionary(StringComparer.Ordinal);

    private static FrozenDictionary<Type, string> Names { get; } = Types.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>The manifest of a type, or null where it has none.</summary>
    public static string? Of(Type type) => Names.GetValueOrDefault(type);
}

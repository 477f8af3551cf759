namespace EdgeBench.Formats.Images;

/// <summary>Entries of a layer that hide what lower layers hold (OCI image layer specification).</summary>
internal static class Whiteout
{
    private const string Prefix = ".wh.";

    /// <summary>The name of an entry that hides all that lower layers have in its folder.</summary>
    public const string Opaque = ".wh..wh..opq";

    /// <summary>The name that an entry of this name hides, or null where it hides none.</summary>
    public static string? Of(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : null;
}

namespace EdgeBench.Messages.Measurements;

/// <summary>Something that was looked up on a device: its value, or why it has none.</summary>
/// <param name="Name">
/// What it is: lower-case words with dots between what is in what, as <c>cpu.governor</c>; a unit is the last word, as
/// <c>memory.total.bytes</c>.
/// </param>
/// <param name="Value">The value as text, independent of any language; null where it is not known.</param>
/// <param name="Missing">Why it is not known, or null where it is.</param>
public sealed record NamedFact(string Name, string? Value, string? Missing = null);

using System.Diagnostics.CodeAnalysis;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>Something known about the device, or why it is not known. Nothing is ever guessed in its place.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Value">The value, or null where it is not known.</param>
/// <param name="MissingBecause">Why the value is not known, or null where it is.</param>
public sealed record Fact<T>(T? Value, string? MissingBecause)
    where T : class
{
    /// <summary>Whether the value is known.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(MissingBecause))]
    public bool IsKnown => Value is not null;

    /// <summary>The value, or in parentheses why there is none.</summary>
    public override string ToString() => Value?.ToString() ?? $"({MissingBecause})";
}

/// <summary>Makes facts.</summary>
public static class Fact
{
    /// <summary>A fact that is known.</summary>
    public static Fact<T> Known<T>(T value)
        where T : class => new(value, null);

    /// <summary>A fact that is not known, and why.</summary>
    public static Fact<T> Missing<T>(string because)
        where T : class => new(null, because);
}

using System.Diagnostics.CodeAnalysis;

namespace EdgeBench.Client;

/// <summary>What came of a question: a value, or why there is none. Nothing that a user can expect to happen is thrown.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
public sealed record Answer<T>
    where T : class
{
    /// <summary>A question that was answered.</summary>
    public Answer(T value) => Value = value;

    /// <summary>A question that was not.</summary>
    public Answer(ClientError error) => Error = error;

    /// <summary>What was asked for, or null.</summary>
    public T? Value { get; }

    /// <summary>Why there is no value, or null.</summary>
    public ClientError? Error { get; }

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Value is not null;
}

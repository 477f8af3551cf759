using System.Text.Json;

namespace EdgeBench.Models.Keras;

/// <summary>An output of one call of a layer.</summary>
/// <param name="Layer">Name of the layer, within its model.</param>
/// <param name="Call">Which of its calls, from 0.</param>
/// <param name="Output">Which output of that call, from 0.</param>
internal readonly record struct TensorReference(string Layer, int Call, int Output);

/// <summary>What a layer is called with at one place: a tensor, a list with tensors in it, or a constant.</summary>
internal abstract record CallArgument
{
    private CallArgument()
    {
    }

    /// <summary>The tensors in it, in order.</summary>
    public abstract IEnumerable<TensorReference> Tensors { get; }

    internal sealed record Tensor(TensorReference Reference) : CallArgument
    {
        public override IEnumerable<TensorReference> Tensors => [Reference];
    }

    internal sealed record List(IReadOnlyList<CallArgument> Items) : CallArgument
    {
        public override IEnumerable<TensorReference> Tensors => Items.SelectMany(item => item.Tensors);
    }

    /// <summary>Tensors under names: a model can be called with those of its inputs, and a slice may have one as a bound.</summary>
    internal sealed record Named(IReadOnlyList<(string Name, CallArgument Value)> Members) : CallArgument
    {
        public override IEnumerable<TensorReference> Tensors => Members.SelectMany(member => member.Value.Tensors);
    }

    internal sealed record Constant(JsonElement Value) : CallArgument
    {
        public override IEnumerable<TensorReference> Tensors => [];
    }
}

/// <summary>One call of a layer.</summary>
/// <param name="Positional">Arguments by position.</param>
/// <param name="Keyword">Arguments by name.</param>
internal sealed record LayerCall(IReadOnlyList<CallArgument> Positional, IReadOnlyDictionary<string, CallArgument> Keyword)
{
    /// <summary>What the classes of Keras call their first argument.</summary>
    private static readonly string[] FirstNames = ["inputs", "query", "sequence", "sequences", "x"];

    /// <summary>Every tensor the call needs, in order.</summary>
    public IEnumerable<TensorReference> Tensors => Positional.Concat(Keyword.Values).SelectMany(argument => argument.Tensors);

    /// <summary>The same call with the first argument alone without a name.</summary>
    /// <param name="names">Names of those behind it, in order.</param>
    public LayerCall Named(IReadOnlyList<string> names)
    {
        var keyword = new Dictionary<string, CallArgument>(Keyword, StringComparer.Ordinal);
        var first = Positional.Count > 0 ? [Positional[0]]
            : FirstNames.FirstOrDefault(keyword.ContainsKey) is { } called && keyword.Remove(called, out var named) ? [named]
            : Array.Empty<CallArgument>();
        foreach (var (name, argument) in names.Zip(Positional.Skip(1)))
        {
            keyword.TryAdd(name, argument);
        }

        return new LayerCall([.. first, .. Positional.Skip(1 + names.Count)], keyword);
    }
}

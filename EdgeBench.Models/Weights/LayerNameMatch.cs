using EdgeBench.Models.Keras;

namespace EdgeBench.Models.Weights;

/// <summary>How the name of an array of weights names a layer.</summary>
/// <param name="Closeness">How surely: greater is surer.</param>
/// <param name="Rest">What stands behind the layer's name: the variable, and the objects inside the layer that lead to it.</param>
internal readonly record struct LayerNameMatch(int Closeness, string Rest)
{
    /// <summary>Compares a name with a layer; null where it does not name it.</summary>
    /// <param name="arrayName">Such as <c>tower/conv/kernel:0</c>, or <c>conv_W:0</c> of Keras 1.</param>
    /// <param name="layer">The layer.</param>
    public static LayerNameMatch? Of(string arrayName, KerasLayer layer)
    {
        var segments = arrayName.Split('/');
        return segments.Length == 1 ? OfPrefix(arrayName, layer) : OfSegments(segments, layer);
    }

    /// <summary>The more of the layer's path occurs as a run, from its own name outwards, the closer.</summary>
    private static LayerNameMatch? OfSegments(string[] segments, KerasLayer layer)
    {
        var scopes = segments.AsSpan(0, segments.Length - 1);
        var path = layer.Path.Split('/');
        var own = layer.Name.Split('/').Length;
        for (var length = path.Length; length >= own; length--)
        {
            if (scopes.IndexOf(path.AsSpan(path.Length - length)) is >= 0 and var at)
            {
                return new LayerNameMatch((2 * length) + 1, string.Join('/', segments[(at + length)..]));
            }
        }

        // A graph that already had a scope of that name put a number behind the second.
        for (var i = scopes.Length - 1; own == 1 && i >= 0; i--)
        {
            if (IsNumbered(scopes[i], layer.Name))
            {
                return new LayerNameMatch(1, string.Join('/', segments[(i + 1)..]));
            }
        }

        return null;
    }

    private static bool IsNumbered(string scope, string name) =>
        scope.Length > name.Length + 1 && scope.StartsWith(name, StringComparison.Ordinal) && scope[name.Length] == '_'
        && scope.AsSpan(name.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Keras 1: the longest name wins, as <c>conv_bn_gamma</c> begins with the layer <c>conv</c> too. A wrapper's weights bear the
    /// name of the layer in it, in front of which Bidirectional puts the direction.</summary>
    private static LayerNameMatch? OfPrefix(string arrayName, KerasLayer layer)
    {
        string[] names = layer.InnerName is { } inner ? [layer.Name, inner, "forward_" + inner, "backward_" + inner] : [layer.Name];
        var longest = names.Where(name => arrayName.StartsWith(name + "_", StringComparison.Ordinal)).MaxBy(name => name.Length);
        return longest is null ? null : new LayerNameMatch(2 * longest.Length, arrayName);
    }
}

using System.Collections.Frozen;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Lowering.Functions;

/// <summary>Adds the operators of a function between layers, and gives what it returns.</summary>
internal delegate IReadOnlyList<Value> Function(LayerContext layer, Arguments call);

/// <summary>The functions that are understood, by the names that TensorFlow and Keras give them: in lower case with underscores, without
/// their modules.</summary>
internal static class FunctionTable
{
    /// <summary>The functions by families.</summary>
    public static IReadOnlyList<(string Family, IReadOnlyList<NamedFunction> Functions)> Families { get; } =
    [
        ("Arithmetic", ArithmeticTable.Functions),
        ("Activations", ActivationTable.Functions),
        ("Reductions", ReductionTable.Functions),
        ("Structure", StructureTable.Functions),
        ("Products", ProductTable.Functions),
        ("Windows", WindowTable.Functions),
        ("Images", ImageTable.Functions),
        ("Normalisation", NormalizationTable.Functions),
    ];

    private static readonly FrozenDictionary<string, Function> Known = FrozenDictionary.ToFrozenDictionary(
        Families.SelectMany(family => family.Functions)
            .SelectMany(entry => entry.Names.Split(' ').Select(name => KeyValuePair.Create(name, entry.Function))));

    /// <summary>A function by its name; null where it is not understood.</summary>
    public static Function? Find(string name) => Known.GetValueOrDefault(name);
}

/// <summary>A function under all its names.</summary>
/// <param name="Names">The names, with blanks between.</param>
/// <param name="Function">The function.</param>
internal readonly record struct NamedFunction(string Names, Function Function)
{
    /// <summary>One that returns a single tensor.</summary>
    public static NamedFunction Of(string names, Func<LayerContext, Arguments, Value> function) =>
        new(names, (layer, call) => [function(layer, call)]);
}

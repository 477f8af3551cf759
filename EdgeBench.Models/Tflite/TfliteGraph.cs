using EdgeBench.Models.Graphs;
using EdgeBench.Models.Quantization;

namespace EdgeBench.Models.Tflite;

/// <summary>A graph as it is written.</summary>
/// <param name="Name">Name of the subgraph.</param>
/// <param name="Tensors">The tensors; operators refer to them by their places.</param>
/// <param name="Operators">The operators in an order in which they can run.</param>
/// <param name="Inputs">Places of the inputs under the names a caller knows.</param>
/// <param name="Outputs">Places of the outputs under the names a caller knows.</param>
/// <param name="Sources">The source layers of every operator.</param>
internal sealed record TfliteGraph(
    string Name, IReadOnlyList<WrittenTensor> Tensors, IReadOnlyList<WrittenOperator> Operators,
    IReadOnlyList<(string Name, int Tensor)> Inputs, IReadOnlyList<(string Name, int Tensor)> Outputs, SourceMap Sources)
{
    /// <summary>Graphs that operators run, by their number from 1.</summary>
    public IReadOnlyList<TfliteGraph> Parts { get; init; } = [];
}

/// <summary>Element types that are written, with their codes in the schema.</summary>
internal enum TensorType : byte
{
    Float32 = 0,
    Float16 = 1,
    Int32 = 2,
    UInt8 = 3,
    Int64 = 4,
    Bool = 6,
    Int8 = 9,
}

/// <summary>What the schema calls the types of the graph.</summary>
internal static class TensorTypes
{
    public static TensorType Of(ElementType type) => type switch
    {
        ElementType.Int8 => TensorType.Int8,
        ElementType.UInt8 => TensorType.UInt8,
        ElementType.Int32 => TensorType.Int32,
        ElementType.Int64 => TensorType.Int64,
        ElementType.Bool => TensorType.Bool,
        _ => TensorType.Float32,
    };
}

/// <summary>A tensor as it is written.</summary>
/// <param name="Name">A name that no other has.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Data">Its values; null where they are computed or fed. Then the first size is the batch, which a caller may change.</param>
/// <param name="IsVariable">Whether it keeps its values from one run to the next, until a caller resets them to zero.</param>
/// <param name="Scale">What its integers mean; null where they are plain numbers or it has floats.</param>
internal sealed record WrittenTensor(
    string Name, TensorType Type, IReadOnlyList<int> Shape, TfliteConstant? Data, bool IsVariable = false, AffineScale? Scale = null);

/// <summary>An operator as it is written.</summary>
/// <param name="Code">Which.</param>
/// <param name="Version">Its version.</param>
/// <param name="Inputs">Places of the tensors it reads; -1 where an optional one is left out.</param>
/// <param name="Outputs">Places of the tensors it computes.</param>
/// <param name="Options">Its options by name; what is left out has its default.</param>
internal sealed record WrittenOperator(
    BuiltinOperator Code, int Version, IReadOnlyList<int> Inputs, IReadOnlyList<int> Outputs,
    IReadOnlyDictionary<string, double> Options);

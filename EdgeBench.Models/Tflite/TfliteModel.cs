namespace EdgeBench.Models.Tflite;

/// <summary>What a <c>.tflite</c> file asks of a runtime: its operators with their versions, and its tensors. The values of weights are not
/// looked at.</summary>
/// <param name="Description">What the converter wrote about it.</param>
/// <param name="Subgraphs">The main graph, and behind it the bodies of loops and branches.</param>
/// <param name="Signatures">Names under which callers feed and read it.</param>
/// <param name="Metadata">Entries of the metadata by name, as text without the zeros behind it.</param>
public sealed record TfliteModel(
    string Description, IReadOnlyList<TfliteSubgraph> Subgraphs, IReadOnlyList<TfliteSignature> Signatures,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The operators of all subgraphs, in the order of the file.</summary>
    public IEnumerable<TfliteOperator> Operators => Subgraphs.SelectMany(graph => graph.Operators);

    /// <summary>Reads a file. Nothing in it is executed, and whatever it declares is checked against the bytes that are there.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelNotAcceptedException">It is no TFLite file of schema version 3, or is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TfliteModel Read(string path) => TfliteReader.Read(path);
}

/// <summary>One graph of operators.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Inputs">What is fed, in order.</param>
/// <param name="Outputs">What is computed, in order.</param>
/// <param name="Operators">Its operators in the order in which they run.</param>
public sealed record TfliteSubgraph(
    string Name, IReadOnlyList<TfliteTensor> Inputs, IReadOnlyList<TfliteTensor> Outputs, IReadOnlyList<TfliteOperator> Operators);

/// <summary>One operator.</summary>
/// <param name="Name">Name of the builtin operator as the schema spells it, such as <c>CONV_2D</c>; for a custom one that of its
/// author.</param>
/// <param name="IsCustom">Whether it is not one of TFLite's own.</param>
/// <param name="Version">Version of the operator, from 1: which of its forms a runtime must know.</param>
/// <param name="Options">Its options by their names in the schema's JSON form, enumerations and truth values as numbers; only of operators
/// that EdgeBench writes, else empty.</param>
/// <param name="Inputs">What it reads; null where an optional input is left out.</param>
/// <param name="Outputs">What it computes.</param>
public sealed record TfliteOperator(
    string Name, bool IsCustom, int Version, IReadOnlyDictionary<string, double> Options, IReadOnlyList<TfliteTensor?> Inputs,
    IReadOnlyList<TfliteTensor> Outputs);

/// <summary>One tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">Type of one element as the schema spells it, such as <c>FLOAT32</c>.</param>
/// <param name="Shape">Its shape, the batch first.</param>
/// <param name="ShapeSignature">The shape with -1 for sizes that a caller may change; the same as the shape where none is said.</param>
/// <param name="IsConstant">Whether its values are in the file.</param>
/// <param name="QuantizationScales">Number of scales: 0 where it is not quantised, 1 per tensor, more where each channel has its
/// own.</param>
public sealed record TfliteTensor(
    string Name, string ElementType, IReadOnlyList<int> Shape, IReadOnlyList<int> ShapeSignature, bool IsConstant, int QuantizationScales);

/// <summary>Names for the inputs and outputs of a subgraph.</summary>
/// <param name="Key">What it is called, mostly <c>serving_default</c>.</param>
/// <param name="Inputs">The inputs by name.</param>
/// <param name="Outputs">The outputs by name.</param>
public sealed record TfliteSignature(
    string Key, IReadOnlyDictionary<string, TfliteTensor> Inputs, IReadOnlyDictionary<string, TfliteTensor> Outputs);

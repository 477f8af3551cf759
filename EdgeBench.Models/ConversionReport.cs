namespace EdgeBench.Models;

/// <summary>What one pass over the graph did.</summary>
/// <param name="Pass">Name of the pass.</param>
/// <param name="Changes">One line each for what it folded, fused or removed, in the order of the graph.</param>
public sealed record PassResult(string Pass, IReadOnlyList<string> Changes);

/// <summary>What came of a conversion.</summary>
/// <param name="Passes">The passes in the order they ran; empty where the file was passed through.</param>
/// <param name="Operators">Number of operators in the file written.</param>
/// <param name="Bytes">Size of the file written.</param>
public sealed record ConversionReport(IReadOnlyList<PassResult> Passes, int Operators, long Bytes);

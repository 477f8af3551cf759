namespace EdgeBench.Models.Graphs;

/// <summary>Product with a matrix over the last dimension. Inputs: tensor, kernel (in, out), and perhaps a bias (out).</summary>
internal sealed record MatrixProduct : Operation;

/// <summary>Products of the matrices in the last two dimensions of two tensors of equal rank, of at least 3 dimensions; those before meet
/// as in <see cref="Arithmetic"/>.</summary>
/// <param name="TransposeLeft">Whether the matrices of the first stand transposed.</param>
/// <param name="TransposeRight">Whether those of the second do.</param>
internal sealed record BatchedMatrixProduct(bool TransposeLeft = false, bool TransposeRight = false) : Operation;

namespace EdgeBench.Models.Graphs;

/// <summary>Product with a matrix over the last dimension. Inputs: tensor, kernel (in, out), and perhaps a bias (out).</summary>
internal sealed record MatrixProduct : Operation;

namespace EdgeBench.Client;

/// <summary>An input of a model, given by a file of this machine.</summary>
/// <param name="Name">The input's name in the model.</param>
/// <param name="Path">
/// The file: <c>.npy</c> as NumPy saves it, little-endian and in C order, or the bare elements in that form.
/// </param>
public sealed record InputFile(string Name, string Path);

using EdgeBench.Formats.Arrays;

namespace EdgeBench.Client.Artifacts;

/// <summary>
/// A file with the elements of a tensor: bare, little-endian in C order; or a <c>.npy</c> file, whose header is taken away.
/// </summary>
internal static class ElementFile
{
    /// <summary>The bare elements.</summary>
    /// <exception cref="IOException">The file cannot be read, or is a <c>.npy</c> file that cannot be taken; the message names
    /// it.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return NpyFile.IsOne(bytes) || path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? ElementsOf(path, bytes) : bytes;
    }

    private static byte[] ElementsOf(string path, byte[] bytes)
    {
        try
        {
            var array = NpyFile.Parse(bytes, path);
            return !array.IsFortran
                ? array.Elements.ToArray()
                : throw new IOException($"{path} is in Fortran order; save numpy.ascontiguousarray of it");
        }
        catch (InvalidDataException problem)
        {
            throw new IOException(problem.Message, problem);
        }
    }
}

using EdgeBench.Formats.Arrays;

namespace EdgeBench.Cluster.Checking;

/// <summary>An array of numbers that a user hands in as a <c>.npy</c> file.</summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Its elements in C order.</param>
internal sealed record NpyArray(IReadOnlyList<int> Shape, double[] Values)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckDataException">It is no such file, is damaged, or holds something else than numbers.</exception>
    public static NpyArray Read(string file)
    {
        try
        {
            var array = NpyFile.Parse(File.ReadAllBytes(file), Path.GetFileName(file));
            return new NpyArray(array.Shape, array.Values());
        }
        catch (InvalidDataException problem)
        {
            throw new CheckDataException(problem.Message, problem);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CheckDataException($"{file} cannot be read: {problem.Message}", problem);
        }
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;

namespace EdgeBench.EdgeNode.Facts;

/// <summary>Reads small files of <c>/proc</c>, <c>/sys</c> and <c>/etc</c>, or of a recorded tree of them.</summary>
/// <param name="root">The folder that stands for <c>/</c>.</param>
internal sealed class SystemTree(string root)
{
    private const int SmallFile = 8 << 10;

    /// <summary>A file's text without the NUL or white space at its end, or why there is none.</summary>
    public Fact<string> Text(string path)
    {
        try
        {
            var text = ReadAll(Path.Combine(root, path)).TrimEnd('\0', '\n', '\r', ' ', '\t');
            return text != "" ? Fact.Known(text) : Fact.Missing<string>($"/{path} is empty");
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return Fact.Missing<string>($"there is no /{path}");
        }
        catch (UnauthorizedAccessException)
        {
            return Fact.Missing<string>($"this user may not read /{path}");
        }
        catch (IOException problem)
        {
            return Fact.Missing<string>($"/{path} cannot be read: {problem.Message}");
        }
    }

    /// <summary>The whole number that is a file's text.</summary>
    public Fact<Number> Number(string path)
    {
        var text = Text(path);
        return !text.IsKnown ? Fact.Missing<Number>(text.MissingBecause)
            : long.TryParse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? Fact.Known(new Number(value))
            : Fact.Missing<Number>($"/{path} holds no number but '{text.Value}'");
    }

    /// <summary>The list of CPUs that is a file's text, be it written with commas or with spaces.</summary>
    public Fact<CpuSet> Cpus(string path)
    {
        var text = Text(path);
        return !text.IsKnown ? Fact.Missing<CpuSet>(text.MissingBecause)
            : CpuSet.TryParse(text.Value.Replace(' ', ','), out var set) ? Fact.Known(set)
            : Fact.Missing<CpuSet>($"/{path} holds no list of CPUs but '{text.Value}'");
    }

    /// <summary>The value of the first line <c>name: value</c>.</summary>
    public Fact<string> Field(string path, string name)
    {
        var text = Text(path);
        return !text.IsKnown ? text : Fields(text.Value, name).FirstOrDefault() is { Length: > 0 } value
            ? Fact.Known(value)
            : Fact.Missing<string>($"/{path} has no {name}");
    }

    /// <summary>Whether there is such a file or folder.</summary>
    public bool Has(string path) => Path.Exists(Path.Combine(root, path));

    /// <summary>The folders in a folder whose names match, with its path before their names, numbers in the order of counting.</summary>
    public IReadOnlyList<string> Folders(string path, string pattern) => List(path, pattern, Directory.GetDirectories);

    /// <summary>The files in a folder whose names match, likewise.</summary>
    public IReadOnlyList<string> Files(string path, string pattern) => List(path, pattern, Directory.GetFiles);

    /// <summary>The values of all lines <c>name: value</c>, in order.</summary>
    public static IEnumerable<string> Fields(string text, string name) =>
        from line in text.Split('\n')
        let colon = line.IndexOf(':', StringComparison.Ordinal)
        where colon > 0 && line[..colon].Trim() == name
        select line[(colon + 1)..].Trim();

    // Files of the kernel have no length and are small. Without a stream and its lock a look at the machine costs half as much.
    private static string ReadAll(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var buffer = ArrayPool<byte>.Shared.Rent(SmallFile);
        try
        {
            var length = 0;
            int count;
            while ((count = RandomAccess.Read(handle, buffer.AsSpan(length), length)) > 0)
            {
                length += count;
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(2 * length);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private List<string> List(string path, string pattern, Func<string, string, string[]> list)
    {
        try
        {
            return
            [
                .. from found in list(Path.Combine(root, path), pattern)
                   let name = Path.GetFileName(found)
                   orderby name.TrimEnd([.. "0123456789"]), name.Length, name
                   select $"{path}/{name}",
            ];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}

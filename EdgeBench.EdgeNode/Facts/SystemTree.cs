namespace EdgeBench.EdgeNode.Facts;

/// <summary>Reads small files of <c>/proc</c>, <c>/sys</c> and <c>/etc</c>, or of a recorded tree of them.</summary>
/// <param name="root">The folder that stands for <c>/</c>.</param>
internal sealed class SystemTree(string root)
{
    /// <summary>A file's text without the NUL or white space at its end, or why there is none.</summary>
    public Fact<string> Text(string path)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(root, path)).TrimEnd('\0', '\n', '\r', ' ', '\t');
            return text != "" ? Fact.Known(text) : Fact.Missing<string>($"/{path} is empty");
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return Fact.Missing<string>($"there is no /{path}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Fact.Missing<string>($"/{path} cannot be read: {problem.Message}");
        }
    }

    /// <summary>The value of the first line <c>name: value</c>.</summary>
    public Fact<string> Field(string path, string name)
    {
        var text = Text(path);
        return !text.IsKnown ? text : Fields(text.Value, name).FirstOrDefault() is { Length: > 0 } value
            ? Fact.Known(value)
            : Fact.Missing<string>($"/{path} has no {name}");
    }

    /// <summary>The values of all lines <c>name: value</c>, in order.</summary>
    public static IEnumerable<string> Fields(string text, string name) =>
        from line in text.Split('\n')
        let colon = line.IndexOf(':', StringComparison.Ordinal)
        where colon > 0 && line[..colon].Trim() == name
        select line[(colon + 1)..].Trim();
}

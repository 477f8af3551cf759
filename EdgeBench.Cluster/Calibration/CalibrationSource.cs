namespace EdgeBench.Cluster.Calibration;

/// <summary>Where samples of a model's input are.</summary>
/// <param name="Input">Name of the input; null for the only one.</param>
/// <param name="Path">A file, or a folder of files.</param>
public sealed record CalibrationSource(string? Input, string Path)
{
    /// <summary>What stands in front of an equals sign is the input's name, unless a file is called so.</summary>
    public static CalibrationSource Parse(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0 && !System.IO.Path.Exists(text)
            ? new CalibrationSource(text[..at], text[(at + 1)..])
            : new CalibrationSource(null, text);
    }

    /// <summary>The files: those of a folder in the order of their names.</summary>
    /// <exception cref="CalibrationException">There is no such file, or none in the folder.</exception>
    public IReadOnlyList<string> Files()
    {
        if (Directory.Exists(Path))
        {
            var files = Directory.GetFiles(Path).Where(file => !System.IO.Path.GetFileName(file).StartsWith('.'))
                .Order(StringComparer.Ordinal).ToList();
            return files.Count > 0 ? files : throw new CalibrationException($"--calibration: there are no files in {Path}");
        }

        return File.Exists(Path) ? [Path] : throw new CalibrationException($"--calibration: there is no file or folder {Path}");
    }
}

/// <summary>Samples of inputs cannot be used, or not be run. The message says why and what to do.</summary>
public sealed class CalibrationException(string message, Exception? inner = null) : Exception(message, inner);

using System.Globalization;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Results;

/// <summary>
/// How the benchmark tool that comes with a runtime is called to measure the same: whoever doubts a figure can look. Its options are those
/// of TensorFlow's <c>benchmark_model</c>, which LiteRT's shares, and of ONNX Runtime's <c>onnxruntime_perf_test</c>.
/// </summary>
internal static class ReferenceCommand
{
    /// <summary>The command for a measured cell, or null where its runtime has no such tool.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="file">The model's file.</param>
    public static string? Of(CellView cell, string file) => cell.Result?.Conditions.Runtime switch
    {
        "tflite" or "litert" => OfTflite(cell, file),
        "onnxruntime" => OfOnnxRuntime(cell, file),
        _ => null,
    };

    /// <summary>
    /// The commands for a task, each once, with what makes the files. The models are called MODEL where there are several.
    /// </summary>
    public static IReadOnlyList<string> All(IReadOnlyList<CellView> cells)
    {
        var several = cells.Select(cell => cell.Cell.Model).Distinct().Count() > 1;
        var commands = from cell in cells
                       let stem = several ? "MODEL" : Quoted(cell.Model.Name)
                       let source = several ? "MODEL.h5" : Quoted(cell.Model.FileName)
                       let file = $"{stem}.{cell.Cell.Format}"
                       let command = Of(cell, file)
                       where command is not null
                       let precision = PrecisionOf(cell.Cell.Precision)
                       group command by $"edgebench convert {source} --to {cell.Cell.Format}{precision} --out {file}" into ofFile
                       from line in ofFile.Distinct().Prepend(ofFile.Key)
                       select line;
        return [.. commands];
    }

    private static string PrecisionOf(string precision) => precision switch
    {
        Precision.Single => "",
        Precision.Integer => $" --precision {precision} --calibration SAMPLES",
        _ => $" --precision {precision}",
    };

    private static string OfTflite(CellView cell, string file)
    {
        var (options, conditions) = (cell.Cell.Options, cell.Result!.Conditions);
        var xnnpack = conditions.Options.GetValueOrDefault("xnnpack", "on") != "off";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"benchmark_model --graph={file} --num_threads={conditions.Threads} --num_runs={options.Runs} "
            + $"--min_secs={options.MinimumMilliseconds / 1000.0} --use_xnnpack={(xnnpack ? "true" : "false")}");
    }

    private static string OfOnnxRuntime(CellView cell, string file)
    {
        var (options, conditions) = (cell.Cell.Options, cell.Result!.Conditions);
        var optimization = conditions.Options.GetValueOrDefault("graphOptimization", "all") switch
        {
            "disabled" => 0,
            "basic" => 1,
            "extended" => 2,
            _ => 99,
        };
        var spinning = conditions.Options.GetValueOrDefault("spinning") == "off" ? " -C \"session.intra_op.allow_spinning|0\"" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"onnxruntime_perf_test -e cpu -I -m times -r {options.Runs} -x {conditions.Threads} -o {optimization}{spinning} {file}");
    }

    /// <summary>A name as a shell takes it for one word.</summary>
    private static string Quoted(string name) =>
        name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-' or '/')
            ? name
            : $"'{name.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}

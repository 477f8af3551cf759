using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace EdgeBench.Conversion;

/// <summary>Our conversions beside those of TensorFlow, which were recorded with the fixtures.</summary>
internal static class Comparison
{
    private const double Mega = 1e6;
    private const double Mebi = 1024 * 1024;

    /// <summary>Converts each model, and prints a table.</summary>
    public static int Run(DirectoryInfo fixtures, string program, int rounds)
    {
        var file = Path.Combine(fixtures.FullName, "reference", "reference.json");
        if (!File.Exists(file))
        {
            throw new InvalidOperationException($"there is no {file}");
        }

        using var reference = JsonDocument.Parse(File.ReadAllBytes(file));
        var work = Directory.CreateTempSubdirectory("edgebench-convert-");
        try
        {
            Console.WriteLine($"edgebench convert NAME.h5 --to onnx,tflite --no-check: whole process, least and most of {rounds}");
            Console.WriteLine("| model | s | TensorFlow, TFLite alone | times as fast | MB | 2.5 x model + 60 | TensorFlow |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            foreach (var model in reference.RootElement.GetProperty("models").EnumerateObject())
            {
                var source = Unpack(fixtures, model.Name, work);
                var runs = Enumerable.Range(0, rounds).Select(_ => ChildRun.Of(
                    [
                        program, "convert", source, "--to", "onnx,tflite", "--no-check", "--out", Path.Combine(work.FullName, model.Name),
                    ])).ToList();
                var theirs = model.Value.GetProperty("tflite");
                var (seconds, peak) = (runs.Min(run => run.Seconds), runs.Max(run => run.PeakMiB) * Mebi / Mega);
                var wholeSeconds = theirs.GetProperty("whole_s").GetDouble();
                var limit = (2.5 * new FileInfo(source).Length / Mega) + 60;
                var theirPeak = theirs.GetProperty("peak_mib").GetDouble() * Mebi / Mega;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {model.Name} | {seconds:F2} | {wholeSeconds:F1} | {wholeSeconds / seconds:F0} "
                    + $"| {peak:F0} | {limit:F0} | {theirPeak:F0} |"));
                foreach (var written in work.EnumerateFiles())
                {
                    written.Delete();
                }
            }

            return 0;
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static string Unpack(DirectoryInfo fixtures, string name, DirectoryInfo work)
    {
        var target = Path.Combine(work.FullName, $"{name}.h5");
        using var stored = File.OpenRead(Path.Combine(fixtures.FullName, "models", $"{name}.h5.gz"));
        using var packed = new GZipStream(stored, CompressionMode.Decompress);
        using var file = File.Create(target);
        packed.CopyTo(file);
        return target;
    }
}

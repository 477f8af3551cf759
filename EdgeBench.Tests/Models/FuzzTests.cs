using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using EdgeBench.Models;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Tests.Models;

/// <summary>
/// Every fixture, and the ONNX and TFLite files of those in the checkout, changed in many ways: it is read and written in both formats, or
/// refused by name. Anything else that is thrown, more than 1 GiB allocated, or no end, fails. Mutants that fail are kept in
/// <c>artifacts/fuzz</c>.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    /// <summary>How many mutants there are and with which seed, where these variables do not say otherwise: 5,000 and 1.</summary>
    private const string CountVariable = "EDGEBENCH_FUZZ";

    private const string SeedVariable = "EDGEBENCH_FUZZ_SEED";
    private const int LargestFile = 1 << 20;
    private const long LargestAllocation = 1L << 30;
    private const int Workers = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly string[] Extensions = [".h5", ".hdf5", ".keras", ".json", ".onnx", ".tflite"];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, int> _outcomes = [];
    private readonly List<string> _failures = [];
    private int _last = -1;

    [Fact]
    public void A_changed_fixture_is_converted_or_refused_by_name()
    {
        var (count, seed) = (Number(CountVariable, 5_000), Number(SeedVariable, 1));
        var originals = Originals();
        using var scratch = new ScratchFolder();
        var workers = Enumerable.Range(0, Workers).Select(_ => new Worker()).ToList();
        foreach (var worker in workers)
        {
            worker.Thread = new Thread(() =>
            {
                while (Interlocked.Increment(ref _last) is var index && index < count)
                {
                    var original = originals[index % originals.Count];
                    var mutant = scratch.File($"{index}-{original.Name}");
                    File.WriteAllBytes(mutant, Mutation.Of(original.Content(), new Random(unchecked((seed * 1_000_003) + index))));
                    worker.Begin(mutant);
                    Judge(mutant);
                    worker.End();
                    File.Delete(mutant);
                }
            })
            {
                IsBackground = true,
            };
            worker.Thread.Start();
        }

        foreach (var worker in workers)
        {
            while (!worker.Thread!.Join(TimeSpan.FromSeconds(1)))
            {
                var hanging = workers.FirstOrDefault(other => other.Elapsed > Patience);
                Assert.True(hanging is null, $"this takes longer than {Patience}: {(hanging is null ? "" : Keep(hanging.Mutant!))}");
            }
        }

        var outcomes = string.Join(", ", _outcomes.Select(pair => $"{pair.Value} {pair.Key}"));
        output.WriteLine($"{count} mutants of {originals.Count} files: {outcomes}");
        Assert.True(_failures.Count == 0, $"{_failures.Count} failed:\n{string.Join('\n', _failures)}");
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static List<Original> Originals()
    {
        string[] own = [Repository.PathOf("EdgeBench.Tests", "Fixtures"), Repository.PathOf("samples")];
        var kept = own.SelectMany(Kept).ToList();
        var shared = Repository.PathOf("..", "shared", "fixtures");
        return [.. kept, .. kept.SelectMany(Written), .. Directory.Exists(shared) ? Kept(shared) : []];
    }

    /// <summary>The files in a folder and below it, unpacked where they are gzipped.</summary>
    private static IEnumerable<Original> Kept(string folder) =>
        from file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        let isPacked = Path.GetExtension(file) == ".gz"
        let name = isPacked ? Path.GetFileNameWithoutExtension(file) : Path.GetFileName(file)
        where Extensions.Contains(Path.GetExtension(name)) && new FileInfo(file).Length <= LargestFile
        let original = new Original(name, isPacked ? () => Unpacked(file) : () => File.ReadAllBytes(file))
        let content = original.Content()
        where content.Length is > 0 and <= LargestFile
        where Path.GetExtension(name) != ".json" || content.AsSpan().IndexOf("\"class_name\""u8) >= 0
        select original;

    private static byte[] Unpacked(string file)
    {
        using var source = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var content = new MemoryStream();
        source.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>What a fixture is converted to; nothing where it is refused.</summary>
    private static IEnumerable<Original> Written(Original original)
    {
        using var scratch = new ScratchFolder();
        var path = scratch.File(original.Name);
        File.WriteAllBytes(path, original.Content());
        (string, Func<Model, byte[]>)[] formats = [("onnx", WrittenFiles.Onnx), ("tflite", WrittenFiles.Tflite)];
        foreach (var (extension, write) in formats)
        {
            byte[] content;
            try
            {
                content = write(Model.Read(path, cancellationToken: TestContext.Current.CancellationToken));
            }
            catch (ModelNotAcceptedException)
            {
                continue;
            }

            if (content.Length <= LargestFile)
            {
                yield return new Original($"{original.Name}.{extension}", () => content);
            }
        }
    }

    private void Judge(string mutant)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Count(Convert(mutant));
        }
        catch (Exception problem)
        {
            Fail(mutant, problem.ToString());
        }

        if (GC.GetAllocatedBytesForCurrentThread() - before is > LargestAllocation and var allocated)
        {
            Fail(mutant, $"{allocated >> 20} MB were allocated");
        }
    }

    private static string Convert(string file)
    {
        try
        {
            var model = Model.Read(file, cancellationToken: TestContext.Current.CancellationToken);
            if (model.Format == ModelFormat.Tflite)
            {
                TfliteModel.Read(file);
            }

            // What one format cannot express is refused for it alone.
            return (Write(model.WriteOnnx), Write(model.WriteTflite)) is (false, false) ? "refused when written" : "converted";
        }
        catch (ModelNotAcceptedException)
        {
            return "refused when read";
        }
    }

    private static bool Write(Func<Stream, CancellationToken, ConversionReport> write)
    {
        try
        {
            write(Stream.Null, TestContext.Current.CancellationToken);
            return true;
        }
        catch (ModelNotAcceptedException)
        {
            return false;
        }
    }

    private void Count(string outcome)
    {
        lock (_lock)
        {
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        }
    }

    private void Fail(string mutant, string problem)
    {
        lock (_lock)
        {
            _failures.Add($"{Keep(mutant)}: {problem}");
        }
    }

    private static string Keep(string mutant)
    {
        var kept = Path.Combine(Directory.CreateDirectory(Repository.PathOf("artifacts", "fuzz")).FullName, Path.GetFileName(mutant));
        File.Copy(mutant, kept, overwrite: true);
        return kept;
    }

    /// <summary>A file before it is changed.</summary>
    private sealed record Original(string Name, Func<byte[]> Content);

    private sealed class Worker
    {
        private long _begin;

        public Thread? Thread { get; set; }

        public string? Mutant { get; private set; }

        public TimeSpan Elapsed => Volatile.Read(ref _begin) is > 0 and var begin ? Stopwatch.GetElapsedTime(begin) : TimeSpan.Zero;

        public void Begin(string mutant)
        {
            Mutant = mutant;
            Volatile.Write(ref _begin, Stopwatch.GetTimestamp());
        }

        public void End() => Volatile.Write(ref _begin, 0);
    }
}

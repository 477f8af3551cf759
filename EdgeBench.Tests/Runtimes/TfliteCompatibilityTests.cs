using EdgeBench.Cluster.Runtimes;
using EdgeBench.Models.Tflite;
using EdgeBench.Runner;
using EdgeBench.Runner.Engines.Tflite;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Runner;

namespace EdgeBench.Tests.Runtimes;

public sealed class TfliteCompatibilityTests(BuiltImages images) : IDisposable
{
    private const int LastBuiltinOfSchema = 206;

    // An operator may begin with a later version; from the first one on a library registers all up to the last.
    private const int GreatestFirstVersion = 3;

    private static readonly string[] CustomOperators =
        ["NumericVerify", "Mfcc", "AudioSpectrogram", "TFLite_Detection_PostProcess", "Levitate"];

    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("edgebench-operators-").FullName, "model.tflite");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Fact]
    public async Task The_table_of_operators_is_what_the_library_itself_answers()
    {
        var program = images.Unpack(await images.TfliteAsync());
        var engine = new TfliteEngine(program);
        var builtin = from code in Enumerable.Range(0, LastBuiltinOfSchema + 1)
                      where code != TfliteBytes.CustomOperator
                      let versions = Versions(engine, code)
                      where versions.Count > 0
                      select (Name: OperatorNames.Of(code), Versions: versions);
        var answered = builtin.ToList();
        foreach (var name in CustomOperators)
        {
            // In a process of its own: such an operator may fall over the options that it lacks here, and is known all the same.
            using var runner = new RunnerProcess().With("model.tflite", TfliteBytes.Custom(name))
                .With(RunnerProcess.Quick with { Model = "model.tflite" });
            var result = await runner.RunAsync(Path.Combine(program, "edgebench-runner"), ["tflite", runner.Folder]);
            if (result.Lines[^1] is not FailedLine failed || !failed.Message.Contains("unresolved custom op", StringComparison.Ordinal))
            {
                answered.Add((name, [1]));
            }
        }

        var lines = answered.Select(known => $"{known.Name} {known.Versions[0]} {known.Versions[^1]}").Order(StringComparer.Ordinal);
        Assert.Equal(
            lines,
            TfliteCompatibility.Tflite.Operators.Select(known => $"{known.Key} {known.Value.First} {known.Value.Last}")
                .Order(StringComparer.Ordinal));
    }

    public static TheoryData<string, byte[], string?> Files => new()
    {
        { "old enough", TfliteBytes.Rectified([1, 4]), null },
        { "too new", TfliteBytes.Rectified([1, 4], operation: 47, version: 2), "EXP version 2 (it has 1)" },
        {
            "several", TfliteBytes.Codes([new(3, 6), new(0, 9)], used: true),
            "ADD version 9 (it has 1 to 4), CONV_2D version 6 (it has 1 to 5)"
        },
        { "unknown", TfliteBytes.Rectified([1, 4], operation: 158), "SIGN version 1;" },
        { "unknown to everyone", TfliteBytes.Rectified([1, 4], operation: 999), "BUILTIN_999 version 1" },
        { "an author's own", TfliteBytes.Custom("FlexErf"), "the custom operator FlexErf" },
        { "declared, not used", TfliteBytes.Codes(new TfliteBytes.Code(3, 99)), null },
        { "a scale for all", TfliteBytes.QuantizedDense(0.5f), null },
        { "a scale a channel", TfliteBytes.QuantizedDense(0.5f, 0.25f), "'W' has int8 weights with 2 scales" },
        { "a kernel below its stride", TfliteBytes.Convolution([8, 8], [1, 3], [2, 1]), "of 'y' has SAME padding and a kernel below" },
        { "whose last window ends with the image", TfliteBytes.Convolution([7, 8], [1, 3], [2, 1]), null },
        { "of one element", TfliteBytes.Convolution([8, 8], [1, 1], [2, 2]), null },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void What_the_library_cannot_run_is_told_from_the_file_with_what_to_do(string kind, byte[] file, string? named)
    {
        File.WriteAllBytes(_file, file);

        var problem = TfliteCompatibility.Tflite.ProblemOf(EdgeBench.Models.Tflite.TfliteModel.Read(_file));

        if (named is null)
        {
            Assert.Null(problem);
            return;
        }

        Assert.True(problem?.Contains(named, StringComparison.Ordinal), $"{kind}: {problem}");
        Assert.Contains("TensorFlow Lite 2.9.0", problem, StringComparison.Ordinal);
        Assert.Contains("runtime build tflite --library", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 1, 3, 2, 1)]
    [InlineData(7, 1, 3, 2, 1)]
    [InlineData(8, 1, 1, 2, 2)]
    [InlineData(9, 2, 2, 3, 3)]
    [InlineData(8, 2, 2, 3, 3)]
    [InlineData(8, 3, 3, 2, 2)]
    public void What_is_refused_for_its_padding_is_what_the_library_computes_wrongly(int size, int height, int width, int down, int right)
    {
        Assert.SkipUnless(Models.TfliteLibrary.WhyNot is null, Models.TfliteLibrary.WhyNot ?? "");
        var file = TfliteBytes.Convolution([size, size], [height, width], [down, right]);
        File.WriteAllBytes(_file, file);

        var outputs = Models.WrittenFiles.RunTflite(
            file, ([1, size, size, 1], [.. Enumerable.Range(1, size * size).Select(number => (float)number)]));

        var isRight = outputs.Values.Select(computed => computed[0]).Aggregate((one, other) => one.SequenceEqual(other) ? one : []).Length > 0;
        Assert.Equal(isRight, TfliteCompatibility.Tflite.ProblemOf(EdgeBench.Models.Tflite.TfliteModel.Read(_file)) is null);
    }

    public static TheoryData<string, byte[], string?> FilesForLiteRt => new()
    {
        { "a newer version", TfliteBytes.Rectified([1, 4], operation: 47, version: 2), null },
        { "a newer operator", TfliteBytes.Rectified([1, 4], operation: 158, version: 2), null },
        { "too new", TfliteBytes.Rectified([1, 4], operation: 47, version: 3), "EXP version 3 (it has 1 to 2)" },
        { "unknown to everyone", TfliteBytes.Rectified([1, 4], operation: 999), "BUILTIN_999 version 1" },
        { "an author's own, of which nothing is known", TfliteBytes.Custom("FlexErf"), null },
        { "a scale a channel", TfliteBytes.QuantizedDense(0.5f, 0.25f), null },
        { "a kernel below its stride", TfliteBytes.Convolution([8, 8], [1, 3], [2, 1]), null },
    };

    [Theory]
    [MemberData(nameof(FilesForLiteRt))]
    public void LiteRT_has_limits_of_its_own(string kind, byte[] file, string? named)
    {
        File.WriteAllBytes(_file, file);

        var problem = TfliteCompatibility.LiteRt.ProblemOf(EdgeBench.Models.Tflite.TfliteModel.Read(_file));

        Assert.True(named is null ? problem is null : problem!.Contains($"{named}; LiteRT 2.3.0", StringComparison.Ordinal), kind);
    }

    [Fact]
    public void LiteRT_has_lost_no_operator_of_TensorFlow_Lite()
    {
        var operators = TfliteCompatibility.LiteRt.Operators;
        Assert.All(operators.Keys, name => Assert.Contains(name, Enumerable.Range(0, 256).Select(OperatorNames.Of)));
        Assert.All(
            TfliteCompatibility.Tflite.Operators.Where(known => !CustomOperators.Contains(known.Key)),
            known => Assert.True(
                operators[known.Key].First == known.Value.First && operators[known.Key].Last >= known.Value.Last, known.Key));
    }

    [Fact]
    public async Task Weights_with_a_scale_for_each_channel_are_computed_wrongly_without_an_error()
    {
        var engine = new TfliteEngine(images.Unpack(await images.TfliteAsync()));

        Assert.Equal([5, 11], Compute(engine, TfliteBytes.QuantizedDense(0.5f)));
        // The second channel weighs half as much, so its value should be half as well.
        Assert.NotEqual([5, 6], Compute(engine, TfliteBytes.QuantizedDense(0.5f, 0.25f)));
    }

    private List<int> Versions(TfliteEngine engine, int code)
    {
        var versions = new List<int>();
        for (var version = 1; versions.Count > 0 ? versions[^1] == version - 1 : version <= GreatestFirstVersion; version++)
        {
            if (IsTaken(engine, new TfliteBytes.Code(code, version)))
            {
                versions.Add(version);
            }
        }

        return versions;
    }

    private sbyte[] Compute(TfliteEngine engine, byte[] file)
    {
        File.WriteAllBytes(_file, file);
        using var model = engine.Load(_file, 1, new Dictionary<string, string>());
        model.Input(0)[0] = 2;
        model.Input(0)[1] = 4;
        model.Run();
        return [.. model.Output(0).ToArray().Select(value => (sbyte)value)];
    }

    private bool IsTaken(TfliteEngine engine, TfliteBytes.Code code)
    {
        var refusal = Refusal(engine, TfliteBytes.Codes(code));
        Assert.Matches("^$|Didn't find op|out of range", refusal ?? "");
        return refusal is null;
    }

    /// <summary>Why a file is not loaded; null where it is.</summary>
    private string? Refusal(TfliteEngine engine, byte[] file)
    {
        File.WriteAllBytes(_file, file);
        try
        {
            engine.Load(_file, 1, new Dictionary<string, string> { ["xnnpack"] = "off" }).Dispose();
            return null;
        }
        catch (RunnerException problem)
        {
            return problem.Message;
        }
    }
}

using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeBench.RunnerContract;
using Microsoft.ML.OnnxRuntime;

namespace EdgeBench.Tests.Runner;

public sealed class OutputsTests
{
    private static readonly Job Outputs = RunnerProcess.Quick with { Mode = JobMode.Outputs };

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Outputs_are_those_of_the_runtime_in_this_process(long batch)
    {
        var model = OnnxBytes.Classifier(batch);
        float[] x = [0.5f, -1, 2, 0.25f];
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, model).With("x.raw", MemoryMarshal.AsBytes(x.AsSpan()))
            .With(Outputs with { Inputs = [new JobInput("x", "x.raw")] });

        var result = await runner.RunAsync();

        using var session = new InferenceSession(model);
        using var value = OrtValue.CreateTensorValueFromMemory(x, [1, 4]);
        using var options = new RunOptions();
        using var expected = session.Run(options, ["x"], [value], ["y"]);
        Assert.Equal(expected[0].GetTensorDataAsSpan<float>().ToArray(), MemoryMarshal.Cast<byte, float>(result.Output("y")).ToArray());
        Assert.Equal([batch, 3], result.The<LoadedLine>().Outputs[0].Shape);
        Assert.Equal([1, 4], result.The<LoadedLine>().Inputs[0].Shape);
    }

    [Fact]
    public async Task Several_samples_in_a_file_are_run_one_after_the_other()
    {
        float[] x = [0.5f, -1, 2, 0.25f, 3, 1, -2, 0];
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier(1))
            .With("x.raw", MemoryMarshal.AsBytes(x.AsSpan()))
            .With(Outputs with { Inputs = [new JobInput("x", "x.raw")], Samples = 2 });

        var result = await runner.RunAsync();

        var single = await Task.WhenAll(x.Chunk(4).Select(RunOneAsync));
        Assert.Equal(single.SelectMany(y => y), MemoryMarshal.Cast<byte, float>(result.Output("y")).ToArray());
        Assert.Equal(2, result.Lines.OfType<OutputLine>().Count(line => line.Last));

        static async Task<float[]> RunOneAsync(float[] sample)
        {
            using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, OnnxBytes.Classifier(1))
                .With("x.raw", MemoryMarshal.AsBytes(sample.AsSpan())).With(Outputs with { Inputs = [new JobInput("x", "x.raw")] });
            return MemoryMarshal.Cast<byte, float>((await runner.RunAsync()).Output("y")).ToArray();
        }
    }

    [Fact]
    public async Task Inputs_without_a_file_are_drawn_from_the_seed()
    {
        // y is x, n is k: the outputs show the inputs.
        var model = OnnxBytes.Model(
            [OnnxBytes.Node("Identity", ["x"], "y"), OnnxBytes.Node("Identity", ["k"], "n")],
            [OnnxBytes.Value("x", OnnxBytes.Float, 1, 4), OnnxBytes.Value("k", OnnxBytes.Int64, 4)],
            [OnnxBytes.Value("y", OnnxBytes.Float, 1, 4), OnnxBytes.Value("n", OnnxBytes.Int64, 4)]);
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, model).With(Outputs with { Seed = 42 });

        var result = await runner.RunAsync();

        Assert.Equal([0.74156487f, 0.15991038f, 0.2786011f, 0.34419066f], MemoryMarshal.Cast<byte, float>(result.Output("y")).ToArray());
        Assert.Equal([1L, 0L, 1L, 1L], MemoryMarshal.Cast<byte, long>(result.Output("n")).ToArray());
    }

    [Fact]
    public async Task A_large_output_comes_in_pieces_and_is_hashed_as_a_whole()
    {
        var model = OnnxBytes.Model(
            [OnnxBytes.Node("Identity", ["x"], "y"), OnnxBytes.Node("Identity", ["y"], "z")],
            [OnnxBytes.Value("x", OnnxBytes.Float, 1, 40_000)],
            [OnnxBytes.Value("y", OnnxBytes.Float, 1, 40_000), OnnxBytes.Value("z", OnnxBytes.Float, 1, 40_000)]);
        var x = new byte[160_000];
        new Random(1).NextBytes(x);
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, model).With("x", x)
            .With(Outputs with { Inputs = [new JobInput("x", "x")] });

        var result = await runner.RunAsync();

        var pieces = result.Lines.OfType<OutputLine>().ToList();
        Assert.Equal(["y", "y", "y", "y", "z", "z", "z", "z"], pieces.Select(piece => piece.Name));
        Assert.Equal([false, false, false, true, false, false, false, true], pieces.Select(piece => piece.Last));
        Assert.All(pieces, piece => Assert.InRange(piece.Data.Length, 1, 48 * 1024));
        Assert.Equal(x, result.Output("y"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. x, .. x])), result.The<CompletedLine>().OutputsSha256);
    }

    [Fact]
    public async Task An_output_whose_size_only_a_run_tells_is_returned()
    {
        var model = OnnxBytes.Model(
            [OnnxBytes.Node("NonZero", ["x"], "positions")],
            [OnnxBytes.Value("x", OnnxBytes.Float, 4)],
            [OnnxBytes.Value("positions", OnnxBytes.Int64, 1, -1)]);
        using var runner = new RunnerProcess().With(RunnerProcess.ModelFile, model)
            .With("x", MemoryMarshal.AsBytes<float>([0, 5, 0, 7])).With(Outputs with { Inputs = [new JobInput("x", "x")] });

        var result = await runner.RunAsync();

        Assert.Equal([1L, -1L], result.The<LoadedLine>().Outputs[0].Shape);
        Assert.Equal([1L, 3L], MemoryMarshal.Cast<byte, long>(result.Output("positions")).ToArray());
    }
}

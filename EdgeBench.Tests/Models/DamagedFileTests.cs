using EdgeBench.Models;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Tests.Models;

/// <summary>Files with bytes changed, cut off or repeated: each is read or refused, and nothing else happens.</summary>
public sealed class DamagedFileTests(ITestOutputHelper output)
{
    private const int Mutants = 150;

    [Theory]
    [InlineData("k2.h5", 1)]
    [InlineData("k3.h5", 2)]
    [InlineData("k3.keras", 3)]
    [InlineData("k2_architecture.json", 4)]
    public void A_damaged_file_is_read_or_refused(string name, int seed)
    {
        var original = File.ReadAllBytes(Repository.Fixture("formats", name));
        Judge(original, name, seed);
    }

    [Fact]
    public void A_damaged_onnx_file_is_read_or_refused()
    {
        var digits = Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: TestContext.Current.CancellationToken);
        Judge(WrittenFiles.Onnx(digits), "digits.onnx", 5);
    }

    [Fact]
    public void A_damaged_tflite_file_is_told_of_or_refused()
    {
        var digits = Model.Read(Repository.PathOf("samples", "digits_k2.h5"), cancellationToken: TestContext.Current.CancellationToken);
        Judge(WrittenFiles.Tflite(digits), "digits.tflite", 6, path => TfliteModel.Read(path));
    }

    private void Judge(byte[] original, string name, int seed) => Judge(
        original, name, seed, path => WrittenFiles.Onnx(Model.Read(path, cancellationToken: TestContext.Current.CancellationToken)));

    private void Judge(byte[] original, string name, int seed, Action<string> read)
    {
        using var scratch = new ScratchFolder();
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < Mutants; i++)
        {
            var path = scratch.File(name);
            File.WriteAllBytes(path, Mutate(original, random));
            try
            {
                read(path);
            }
            catch (ModelNotAcceptedException)
            {
                refused++;
            }
        }

        output.WriteLine($"{name}: {refused} of {Mutants} refused");
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var mutant = original.ToArray();
        switch (random.Next(5))
        {
            case 0:
                return mutant[..random.Next(mutant.Length)];
            case 1:
                random.NextBytes(mutant.AsSpan(random.Next(mutant.Length - 16), 16));
                return mutant;
            case 2:
                mutant.AsSpan(random.Next(mutant.Length - 8), 8).Fill(0xFF);
                return mutant;
            case 3:
                // The structures of HDF5 and zip stand near the ends.
                var place = random.Next(2) == 0
                    ? random.Next(Math.Min(4096, mutant.Length))
                    : mutant.Length - 1 - random.Next(Math.Min(512, mutant.Length));
                mutant[place] = (byte)random.Next(256);
                return mutant;
            default:
                for (var i = 0; i < 20; i++)
                {
                    mutant[random.Next(mutant.Length)] ^= (byte)(1 << random.Next(8));
                }

                return mutant;
        }
    }
}

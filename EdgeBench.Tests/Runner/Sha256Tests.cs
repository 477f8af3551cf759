using System.Security.Cryptography;
using EdgeBench.Runner.Lines;

namespace EdgeBench.Tests.Runner;

public sealed class Sha256Tests
{
    [Fact]
    public void The_hash_is_that_of_the_library_for_every_length_and_cut()
    {
        var data = new byte[300];
        new Random(7).NextBytes(data);
        for (var length = 0; length <= data.Length; length++)
        {
            var cut = length * 2 / 5;
            var hash = new Sha256();
            hash.Append(data.AsSpan(0, cut));
            hash.Append(data.AsSpan(cut, length - cut));

            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data.AsSpan(0, length))), hash.Finish());
        }
    }
}

using EdgeBench.EdgeNode.Facts;

namespace EdgeBench.Tests.EdgeNode;

public sealed class CpuSetTests
{
    [Theory]
    [InlineData("0", new[] { 0 }, "0")]
    [InlineData("0-3,6", new[] { 0, 1, 2, 3, 6 }, "0-3,6")]
    [InlineData("6,0,1\n", new[] { 0, 1, 6 }, "0-1,6")]
    [InlineData("3-3,5-7,6", new[] { 3, 5, 6, 7 }, "3,5-7")]
    public void A_list_of_cpus_is_read_and_written_as_the_kernel_does(string text, int[] cpus, string written)
    {
        Assert.True(CpuSet.TryParse(text, out var set));
        Assert.Equal(cpus, set.Cpus);
        Assert.Equal(written, set.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("3-1")]
    [InlineData("-1")]
    [InlineData("0-")]
    [InlineData("1,,2")]
    [InlineData("0-4000000000")]
    [InlineData("0-9999")]
    public void What_is_no_list_of_cpus_is_refused(string text) => Assert.False(CpuSet.TryParse(text, out _));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0-1", "0-1")]
    [InlineData("0-2", "1-2")]
    [InlineData("2,4-7", "4-7")]
    public void A_measurement_leaves_one_core_to_the_agent_where_there_are_three_or_more(string allowed, string expected)
    {
        Assert.True(CpuSet.TryParse(allowed, out var set));
        Assert.Equal(expected, CpuSet.ForMeasurement(set).ToString());
    }

    [Fact]
    public void Sets_of_the_same_cpus_are_equal()
    {
        Assert.Equal(CpuSet.Of([2, 1]), CpuSet.Of([1, 2]));
        Assert.Equal(CpuSet.Of([2, 1]).GetHashCode(), CpuSet.Of([1, 2]).GetHashCode());
        Assert.NotEqual(CpuSet.Of([1]), CpuSet.Of([1, 2]));
        Assert.Throws<ArgumentException>(() => CpuSet.Of([]));
    }
}

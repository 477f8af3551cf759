
namespace EdgeBench.Tests.Runtimes;

public sealed class RuntimeImageTests(BuiltImages images)
{
    [Fact]
    public async Task The_image_is_small_and_holds_three_layers()
    {
        var image = await images.OnnxRuntimeAsync();

        Assert.Equal(3, image.DiffIds.Count);
        Assert.InRange(image.TarBytes, 20_000_000, 60_000_000);
    }
}

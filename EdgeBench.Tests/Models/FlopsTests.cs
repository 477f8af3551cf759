using System.Text.Json;
using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

public sealed class FlopsTests
{
    [Theory]
    [InlineData("efficientnet_b0", 783_080_648, 385_814_752, 5_330_571)]
    [InlineData("mobilenet_v1", 1_137_536_880, 568_740_352, 4_253_864)]
    [InlineData("mobilenet_v2", 601_617_264, 300_774_272, 3_538_984)]
    [InlineData("resnet50", 7_728_446_320, 3_857_973_248, 25_636_712)]
    [InlineData("densenet201", 8_585_415_920, 4_291_365_888, 20_242_984)]
    public void The_zoo_counts_as_in_the_paper_to_the_unit(string name, long flops, long macs, long parameters)
    {
        var model = Model.Read(Repository.PathOf("zoo", $"{name}.json"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((flops, macs, parameters), (model.Flops, model.Macs, model.Parameters));
        Assert.Equal(flops, model.Layers.Sum(layer => layer.Flops));
        Assert.Equal(macs, model.Layers.Sum(layer => layer.Macs));
        Assert.Equal(model.ProfilerFlops, model.Layers.Sum(layer => layer.ProfilerFlops));
        Assert.Equal(parameters, model.Layers.Sum(layer => layer.Parameters));
    }

    [Theory]
    // ResNet50 v1: one 3x3 convolution a block, of stride 1 in each: 3 x 64x64 at 56x56, 4 x 128x128 at 28x28, 6 x 256x256 at 14x14, 3 x 512x512 at 7x7.
    [InlineData("resnet50", 16 * 115_605_504L)]
    // Its 3x3 convolutions are depthwise but the first, which has stride 2.
    [InlineData("mobilenet_v1", 0)]
    public void Convolutions_that_fast_algorithms_shorten_are_counted_apart(string name, long macs) =>
        Assert.Equal(
            macs,
            Model.Read(Repository.PathOf("zoo", $"{name}.json"), cancellationToken: TestContext.Current.CancellationToken).FastConvolutionMacs);

    [Theory]
    [InlineData("efficientnet_b0", 783_080_648)]
    [InlineData("mobilenet_v1", 1_137_536_880)]
    [InlineData("mobilenet_v2", 601_617_264)]
    [InlineData("resnet50", 7_728_446_320)]
    [InlineData("densenet201", 8_585_415_920)]
    public void The_architecture_of_keras_3_counts_the_same(string name, long flops)
    {
        var path = Repository.Shared("fixtures", "zoo", $"k3_{name}.json");

        Assert.Equal(flops, Model.Read(path, cancellationToken: TestContext.Current.CancellationToken).Flops);
    }

    [Theory]
    [InlineData("efficientnet_b0", "efficientnet_b0 (as for the published weights)")]
    [InlineData("mobilenet_v1", "mobilenet_v1")]
    [InlineData("mobilenet_v2", "mobilenet_v2")]
    [InlineData("resnet50", "resnet50")]
    [InlineData("densenet201", "densenet201")]
    public void The_profiler_of_today_counts_as_tensorflow_does(string name, string entry)
    {
        using var reference = JsonDocument.Parse(File.ReadAllBytes(Repository.Shared("fixtures", "reference", "flops.json")));
        var model = Model.Read(Repository.PathOf("zoo", $"{name}.json"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(reference.RootElement.GetProperty(entry).GetProperty("with_AddV2").GetInt64(), model.ProfilerFlops);
    }
}

using System.CommandLine;
using EdgeBench.Cli.Tasks;
using EdgeBench.Cli.Zoo;

namespace EdgeBench.Tests.Cli;

public class GridOptionsTests
{
    [Fact]
    public void Lists_ranges_and_repeated_options_make_one_list()
    {
        var options = new GridOptions();
        var command = new Command("bench");
        options.AddTo(command);

        var parsed = command.Parse("--threads 1,4-6 --threads 2,4 --device pi4,vm --device x --runtime a,b --precision int8,fp32");

        Assert.Empty(parsed.Errors);
        Assert.Equal([1, 4, 5, 6, 2], parsed.GetValue(options.Threads)!);
        Assert.Equal(["pi4", "vm", "x"], parsed.GetValue(options.Devices)!.Select(name => name.Value));
        Assert.Equal(["a", "b"], parsed.GetValue(options.Runtimes)!);
        Assert.Equal(["int8", "fp32"], parsed.GetValue(options.Precisions)!);
    }

    [Fact]
    public void The_paper_has_five_models_in_its_own_order_and_each_is_there()
    {
        var files = ModelZoo.Find("paper")!;

        Assert.Equal(
            ["efficientnet_b0", "mobilenet_v1", "mobilenet_v2", "resnet50", "densenet201"],
            files.Select(file => Path.GetFileNameWithoutExtension(file)));
        Assert.All(files, file => Assert.True(File.Exists(file), file));
        Assert.Equal([files[3]], ModelZoo.Find("resnet50")!);
        Assert.Null(ModelZoo.Find("../zoo/resnet50"));
    }
}

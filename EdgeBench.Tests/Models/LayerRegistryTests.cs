using EdgeBench.Models.Lowering;

namespace EdgeBench.Tests.Models;

public sealed class LayerRegistryTests
{
    [Fact]
    public void Every_class_that_is_understood_stands_in_the_documentation()
    {
        var text = File.ReadAllText(Repository.PathOf("docs", "models.md"));

        Assert.All(LayerRegistry.Classes, name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }
}

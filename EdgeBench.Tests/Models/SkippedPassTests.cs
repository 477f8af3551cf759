using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>Passes make a file faster, never another one.</summary>
public sealed class SkippedPassTests
{
    public static TheoryData<string> Passes => [.. Model.OptionalPasses];

    [Theory]
    [MemberData(nameof(Passes))]
    public void A_model_computes_the_same_without_a_pass(string pass)
    {
        var entry = ModelCase.Of(Repository.Fixture("formats"), "manifest.json", "k2.h5");
        var options = new ModelReadOptions { SkippedPasses = [pass] };
        var model = Model.Read(Repository.Fixture("formats", entry.Name), options, TestContext.Current.CancellationToken);
        using var stream = new MemoryStream();

        Assert.DoesNotContain(pass, model.WriteOnnx(stream, TestContext.Current.CancellationToken).Passes.Select(result => result.Pass));
        Assert.All(entry.Differences(model).Values, difference => Assert.InRange(difference, 0, entry.Tolerance));
    }
}

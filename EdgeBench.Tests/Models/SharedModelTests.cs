using EdgeBench.Models;

namespace EdgeBench.Tests.Models;

/// <summary>Everything that real Keras wrote and computed, from the shared test data.</summary>
public sealed class SharedModelTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("models")]
    [InlineData("zoo")]
    [InlineData("formats")]
    public void Every_model_computes_what_keras_computes(string folder)
    {
        var failures = new List<string>();
        foreach (var entry in ModelCase.Of(Repository.Shared("fixtures", folder)))
        {
            Check(entry, entry.Read(), failures);
        }

        Assert.Empty(failures);
    }

    [Fact]
    public void The_tensor_before_the_classifier_of_the_five_models_is_what_keras_computes()
    {
        foreach (var entry in ModelCase.Of(Repository.Shared("fixtures", "zoo")))
        {
            var (layer, expected) = entry.Pooled!.Value;
            foreach (var (runtime, outputs) in WrittenFiles.Run(entry.Read([layer]), entry.Inputs))
            {
                var difference = WrittenFiles.Difference(expected, outputs[^1]);
                output.WriteLine($"{entry.Name} at {layer} in {runtime}: {difference:E2}");
                Assert.InRange(difference, 0, entry.Tolerance);
            }
        }
    }

    [Theory]
    [InlineData("manifest_k2.json")]
    [InlineData("manifest_k3.json")]
    public void Every_layer_case_matches_or_must_be_refused(string manifest)
    {
        var cases = ModelCase.Of(Repository.Shared("fixtures", "layers"), manifest);
        Report(cases);
    }

    [Theory]
    [InlineData("versions", "manifest.json")]
    [InlineData("wild", "manifest.json")]
    [InlineData("reports", "manifest_k2.json")]
    [InlineData("reports", "manifest_k3.json")]
    [InlineData("reports", "manifest_k3h5.json")]
    public void Files_of_every_keras_match_or_must_be_refused(string folder, string manifest)
    {
        Report(ModelCase.Of(Repository.Shared("fixtures", folder), manifest));
    }

    [Theory]
    [InlineData("mobilenet_v1_0.25_96.h5")]
    [InlineData("yamnet_256_f32.h5")]
    [InlineData("miniresnet_1_stacks_backbone.h5")]
    [InlineData("miniresnetv2_1_stacks_backbone.h5")]
    public void Models_that_other_people_trained_compute_the_same_in_every_runtime(string name)
    {
        var model = Model.Read(
            Repository.Shared("fixtures", "real", name), cancellationToken: TestContext.Current.CancellationToken);
        var random = new Random(1);
        var inputs = model.Inputs.Select(input => (input.Shape.ToArray(), Enumerable
            .Range(0, input.Shape.Aggregate(1, (product, size) => product * size)).Select(_ => (random.NextSingle() * 2) - 1).ToArray()));
        var runs = WrittenFiles.Run(model, [.. inputs]);
        foreach (var (runtime, outputs) in runs)
        {
            var difference = WrittenFiles.Difference(runs.First().Value, outputs);
            output.WriteLine($"{name} in {runtime}: {difference:E2}");
            Assert.InRange(difference, 0, 1e-5);
        }
    }

    [Fact]
    public void Everything_that_must_be_refused_is_refused_by_name()
    {
        foreach (var entry in ModelCase.Of(Repository.Shared("fixtures", "refuse")))
        {
            var exception = Assert.Throws<ModelNotAcceptedException>(() => entry.Read());
            output.WriteLine(exception.Message);
            Assert.All(entry.RefuseNames, name => Assert.Contains(name, exception.Message, StringComparison.Ordinal));
        }
    }

    private void Report(IReadOnlyList<ModelCase> cases)
    {
        var (matched, refused) = (0, 0);
        var failures = new List<string>();
        foreach (var entry in cases)
        {
            try
            {
                var model = entry.Read();
                if (entry.IsMatch)
                {
                    Check(entry, model, failures);
                    matched++;
                }
                else if (!entry.IsOptional)
                {
                    failures.Add($"{entry.Name}: accepted, and must be refused");
                }
            }
            catch (ModelNotAcceptedException e)
            {
                refused++;
                output.WriteLine($"refused {entry.Name}: {e.Message}");
                if (entry.IsMatch && !entry.IsOptional)
                {
                    failures.Add($"{entry.Name}: refused, and must match: {e.Message}");
                }

                failures.AddRange(entry.RefuseNames.Where(name => !e.Message.Contains(name, StringComparison.Ordinal))
                    .Select(name => $"{entry.Name}: the refusal does not name {name}: {e.Message}"));
            }
        }

        output.WriteLine($"{matched} of {cases.Count} are run, {refused} are refused");
        Assert.Empty(failures);
    }

    private void Check(ModelCase entry, Model model, List<string> failures)
    {
        foreach (var (runtime, difference) in entry.Differences(model))
        {
            output.WriteLine($"{entry.Name} in {runtime}: {difference:E2}");
            if (!(difference <= entry.Tolerance))
            {
                failures.Add($"{entry.Name} in {runtime}: {difference:E2}");
            }
        }
    }
}

namespace EdgeBench.Tests.EndToEnd;

/// <summary>What goes wrong is said through the command in one line that says what to do, and has its exit code.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class ErrorTests(SharedNodes nodes) : IDisposable
{
    public void Dispose() => nodes.ShowSaid();

    [Theory]
    [InlineData("text.h5", "text.h5")]
    [InlineData("empty.h5", "empty.h5")]
    [InlineData("truncated.h5", "truncated.h5")]
    [InlineData("truncated.keras", "truncated.keras")]
    [InlineData("k3_two_lambdas.keras", "Lambda")]
    [InlineData("k2_two_lambdas.h5", "Lambda")]
    public async Task A_model_that_is_not_accepted_is_told_and_ends_with_3(string file, string part)
    {
        var installation = await nodes.StartedAsync();

        var bench = await installation.RunAsync("bench", Repository.Fixture("refuse", file));

        Assert.True(bench.ExitCode == 3, bench.Error + bench.Output);
        Assert.Contains(part, bench.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", bench.Error + bench.Output, StringComparison.Ordinal);
        (await installation.RunAsync("inspect", Repository.Fixture("refuse", file))).FailedWith(3, part);
    }

    [Fact]
    public async Task A_good_model_is_measured_beside_one_that_is_not_accepted()
    {
        var installation = await nodes.StartedAsync();

        var bench = await installation.RunAsync(
            "bench", Installation.Model("digits_k3.keras"), Repository.Fixture("refuse", "k3_two_lambdas.keras"), "--runtime", "onnxruntime",
            "--json");

        Assert.Equal(3, bench.ExitCode);
        var cells = bench.Json.GetProperty("cells").EnumerateArray().ToList();
        Assert.Equal(["measured", "failed"], cells.Select(cell => cell.GetProperty("phase").GetString()));
        Assert.All(cells, cell => Assert.NotEmpty(cell.GetProperty("verdict").GetString()!));
    }

    [Fact]
    public async Task Unknown_names_are_told_with_those_there_are()
    {
        var installation = await nodes.StartedAsync();
        var digits = Installation.Model("digits_k3.keras");

        (await installation.RunAsync("bench", digits, "--device", "nowhere")).FailedWith(2, "nowhere", "edge");
        (await installation.RunAsync("bench", digits, "--runtime", "nothing")).FailedWith(2, "nothing", "onnxruntime");
        (await installation.RunAsync("bench", digits, "--no-such-option")).FailedWith(2, "--no-such-option");
        (await installation.RunAsync("bench", digits, "--runs", "0")).FailedWith(2, "--runs");
        (await installation.RunAsync("device", "show", "nowhere")).FailedWith(2, "nowhere", "edge");
        (await installation.RunAsync("task", "show", "0123456789ab")).FailedWith(1, "0123456789ab");
        (await installation.RunAsync("bench", installation.PathOf("absent.keras"))).FailedWith(1, "absent.keras");
    }

    [Fact]
    public async Task An_error_is_an_object_on_standard_output_too_where_JSON_was_asked_for()
    {
        var installation = await nodes.StartedAsync();

        var shown = await installation.RunAsync("task", "show", "0123456789ab", "--json");

        shown.FailedWith(1, "0123456789ab");
        Assert.Equal(1, shown.Json.GetProperty("error").GetProperty("exitCode").GetInt32());
        Assert.Contains("0123456789ab", shown.Json.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_and_a_server_that_does_not_answer_are_told()
    {
        var installation = await nodes.StartedAsync();
        var wrong = new Dictionary<string, string?> { ["EDGEBENCH_TOKEN"] = "wrong" };
        var digits = Installation.Model("digits_k3.keras");

        (await installation.Start(["bench", digits], wrong).ToEndAsync()).FailedWith(1, "EDGEBENCH_TOKEN");
        (await installation.Start(["task", "list"], wrong).ToEndAsync()).FailedWith(1, "EDGEBENCH_TOKEN");
        (await installation.RunAsync("bench", digits, "--server", "127.0.0.1:9")).FailedWith(4, "127.0.0.1:9", "--server");
        (await installation.RunAsync("task", "list", "--server", "no-such-host.invalid")).FailedWith(4, "no-such-host.invalid");
        (await installation.RunAsync("task", "list", "--server", "a b")).FailedWith(2, "--server");
    }
}

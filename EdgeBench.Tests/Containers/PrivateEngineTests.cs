using Docker.DotNet;

namespace EdgeBench.Tests.Containers;

public sealed class PrivateEngineTests(PrivateEngine engine)
{
    [Fact]
    public async Task The_engine_of_the_test_run_answers_and_makes_no_bridge()
    {
        using var client = new DockerClientBuilder().WithEndpoint(await engine.EndpointAsync()).Build();

        var networks = await client.Networks.ListNetworksAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(["host", "none"], networks.Select(network => network.Name).Order());
    }
}

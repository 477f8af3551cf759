using EdgeBench.Messages.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Tests.Agent;

/// <summary>A small HTTP server on a free port that answers as the test says.</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private HttpServer(WebApplication application) => _application = application;

    public ServerAddress Address => ServerAddress.Parse(new Uri(_application.Urls.Single()).Authority);

    public static async Task<HttpServer> StartAsync(RequestDelegate answer, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var application = builder.Build();
        application.Run(answer);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new HttpServer(application);
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}

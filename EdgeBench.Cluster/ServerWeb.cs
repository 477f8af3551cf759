using Akka.Actor;
using EdgeBench.Cluster.Access;
using EdgeBench.Cluster.Artifacts;
using EdgeBench.Cluster.Coordination;
using EdgeBench.Cluster.Joining;
using EdgeBench.Messages.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EdgeBench.Cluster;

/// <summary>The server's HTTP: artifacts, joining, health.</summary>
internal static class ServerWeb
{
    private const string Ready = "ready";
    private const string Live = "live";
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Starts it.</summary>
    /// <returns>It, and where it answers.</returns>
    public static async Task<(WebApplication Web, Uri Address)> StartAsync(
        ServerOptions options, ServerData data, ActorSystem system, IActorRef coordinator, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // A line for each request would drown the server's own.
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddProvider(new HostLoggers(options.Loggers));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.ListenAddress, options.HttpPort));
        builder.Services.AddHealthChecks()
            .AddCheck(
                "actor-system",
                () => system.WhenTerminated.IsCompleted ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy(),
                [Live, Ready])
            .AddAsyncCheck("coordinator", () => PingAsync(coordinator), [Ready]);

        var web = builder.Build();
        web.UseToken(data.Token);
        web.MapHealthChecks("/health", Only(Live));
        web.MapHealthChecks("/health/live", Only(Live));
        web.MapHealthChecks("/health/ready", Only(Ready));
        web.MapArtifacts(data.Artifacts, options.MaximumArtifactBytes);
        web.MapJoin(NodeSystem.AddressOf(system), ServerNode.Version);
        await web.StartAsync(cancellationToken);
        var port = new Uri(web.Urls.First()).Port;
        return (web, new UriBuilder(Uri.UriSchemeHttp, ServerAddresses.PublicHostOf(options), port).Uri);
    }

    /// <summary>Lets only those in who bring the token, save to the health of the server.</summary>
    private static void UseToken(this WebApplication web, AccessToken token) => web.Use(async (context, next) =>
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        var given = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
        if (context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) || token.Matches(given))
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(token.WrongMessage + "\n", context.RequestAborted);
    });

    /// <summary>Takes the place of the one that listens to signals: those are the command's, which ends its nodes itself.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Hands what the web server logs to the host's loggers.</summary>
    private sealed class HostLoggers(ILoggerFactory loggers) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }

    private static HealthCheckOptions Only(string tag) => new() { Predicate = check => check.Tags.Contains(tag) };

    private static async Task<HealthCheckResult> PingAsync(IActorRef coordinator)
    {
        try
        {
            // While the journal fails something else answers in its place.
            return await coordinator.Ask(CoordinatorPing.Instance, PingTimeout) is CoordinatorPing
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("the journal cannot be used, see the server's log");
        }
        catch (AskTimeoutException)
        {
            return HealthCheckResult.Unhealthy("the coordinator does not answer");
        }
    }
}

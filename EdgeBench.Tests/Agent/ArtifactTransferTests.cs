using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using EdgeBench.EdgeNode.Artifacts;
using EdgeBench.EdgeNode.Data;
using EdgeBench.Messages.Artifacts;
using EdgeBench.RunnerContract;
using Microsoft.AspNetCore.Http;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Agent;

public sealed class ArtifactTransferTests : IDisposable
{
    private static readonly byte[] Content = MakeContent();
    private static readonly ArtifactRef Artifact = new(Sha256.Of(Content), Content.Length);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebench-transfer-").FullName;
    private readonly DataFolder _data;
    private readonly HttpClient _http = new();
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly RecordingLog _log = new();

    public ArtifactTransferTests() => _data = DataFolder.Open(_folder);

    private string Packaged => Path.Combine(_folder, "packaged");

    public void Dispose()
    {
        _http.Dispose();
        _data.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_artifact_comes_once_and_is_then_here()
    {
        await using var server = await ServeAsync((context, _) => Send(context, 0, Content.Length));
        var transfer = TransferFrom(server);

        var first = await transfer.FetchAsync(Artifact, TestContext.Current.CancellationToken);
        var second = await transfer.FetchAsync(Artifact, TestContext.Current.CancellationToken);

        Assert.False(first.WasHere);
        Assert.Equal(new Fetched(first.Path, null, WasHere: true), second);
        Assert.Equal(Content, await File.ReadAllBytesAsync(first.Path!, TestContext.Current.CancellationToken));
        Assert.Equal([$"GET /artifacts/{Artifact.Sha256} Bearer secret "], _asked);
    }

    [Fact]
    public async Task What_breaks_off_goes_on_from_where_it_was()
    {
        await using var server = await ServeAsync(async (context, number) =>
        {
            var from = (int)(context.Request.GetTypedHeaders().Range?.Ranges.Single().From ?? 0);
            await Send(context, from, Math.Min(Content.Length, from + 400_000));
            if (number < 3)
            {
                context.Abort();
            }
        });

        var fetched = await TransferFrom(server).FetchAsync(Artifact, TestContext.Current.CancellationToken);

        Assert.Null(fetched.Problem);
        Assert.Equal(Content, await File.ReadAllBytesAsync(fetched.Path!, TestContext.Current.CancellationToken));
        // What was on its way when the connection broke may be lost with it, and is then asked for once more.
        Assert.InRange(_asked.Count, 3, 5);
        Assert.All(_asked.Skip(1), asked => Assert.Contains("bytes=", asked, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_knows_no_ranges_does_no_harm()
    {
        await using var server = await ServeAsync(async (context, number) =>
        {
            await Send(context, 0, number == 1 ? 300_000 : Content.Length, partial: false);
            if (number == 1)
            {
                context.Abort();
            }
        });

        var fetched = await TransferFrom(server).FetchAsync(Artifact, TestContext.Current.CancellationToken);

        Assert.Equal(Content, await File.ReadAllBytesAsync(fetched.Path!, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_has_another_hash_is_thrown_away_and_said()
    {
        await using var server = await ServeAsync(async (context, _) =>
        {
            context.Response.ContentLength = Content.Length;
            await context.Response.Body.WriteAsync(new byte[Content.Length], context.RequestAborted);
        });

        var fetched = await TransferFrom(server).FetchAsync(Artifact, TestContext.Current.CancellationToken);

        Assert.Null(fetched.Path);
        Assert.Contains($"what arrived as artifact {Artifact.Sha256} has the SHA-256", fetched.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories), file => new FileInfo(file).Length > 1000);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "refuses the token; set EDGEBENCH_TOKEN")]
    [InlineData(HttpStatusCode.NotFound, "has no artifact")]
    public async Task A_refusal_is_not_tried_again(HttpStatusCode status, string message)
    {
        await using var server = await ServeAsync((context, _) =>
        {
            context.Response.StatusCode = (int)status;
            return Task.CompletedTask;
        });
        var transfer = TransferFrom(server);

        var fetched = await transfer.FetchAsync(Artifact, TestContext.Current.CancellationToken);

        Assert.Contains(message, fetched.Problem, StringComparison.Ordinal);
        Assert.Single(_asked);
        if (status == HttpStatusCode.Unauthorized)
        {
            var problem = await transfer.UploadAsync(Artifact, Content, TestContext.Current.CancellationToken);
            Assert.Contains(message, problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Fetching_from_a_server_that_stays_away_ends_with_the_reason_and_its_waits_can_be_ended()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider { AutoAdvanceAmount = TimeSpan.Zero };
        await using var server = await ServeAsync((context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        var transfer = new ArtifactTransfer(server.Address, "secret", _http, _data.Artifacts, time);

        var fetching = transfer.FetchAsync(Artifact, TestContext.Current.CancellationToken);
        for (var number = 1; number < ArtifactTransfer.FruitlessTries; number++)
        {
            await Wait.UntilAsync(() => Advanced(() => _asked.Count > number), $"try {number + 1}");
        }

        Assert.Contains("503", (await fetching).Problem, StringComparison.Ordinal);
        Assert.Equal(ArtifactTransfer.FruitlessTries, _asked.Count);

        bool Advanced(Func<bool> condition)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        }
    }

    [Fact]
    public async Task An_upload_sends_what_the_server_has_not_and_nothing_else()
    {
        var stored = new ConcurrentDictionary<string, byte[]>();
        await using var server = await ServeAsync(async (context, _) =>
        {
            var path = context.Request.Path.Value!;
            if (context.Request.Method == "PUT")
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                stored[path] = body.ToArray();
            }
            else if (!stored.ContainsKey(path))
            {
                context.Response.StatusCode = 404;
            }
        });
        var transfer = TransferFrom(server);

        Assert.Null(await transfer.UploadAsync(Artifact, Content, TestContext.Current.CancellationToken));
        Assert.Null(await transfer.UploadAsync(Artifact, Content, TestContext.Current.CancellationToken));

        Assert.Equal(Content, stored[$"/artifacts/{Artifact.Sha256}"]);
        Assert.Equal(["HEAD", "PUT", "HEAD"], _asked.Select(asked => asked.Split(' ')[0]));
    }

    private static byte[] MakeContent()
    {
        var content = new byte[1_000_000];
        new Random(1).NextBytes(content);
        return content;
    }

    private static async Task Send(HttpContext context, int from, int to, bool partial = true)
    {
        context.Response.StatusCode = partial && from > 0 ? 206 : 200;
        context.Response.ContentLength = Content.Length - from;
        await context.Response.Body.WriteAsync(Content.AsMemory(from, to - from), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    [Fact]
    public async Task A_packaged_image_does_not_come_from_the_server_where_it_is_the_one_that_the_server_names()
    {
        await using var server = await ServeAsync((context, _) => Send(context, 0, Content.Length));
        var archive = await PackageAsync(Artifact, Content);

        var fetched = await WithPackaged(server).FetchAsync(Artifact, TestContext.Current.CancellationToken);

        Assert.Equal(new Fetched(archive, null, WasHere: true), fetched);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_packaged_image_that_is_another_or_damaged_or_cannot_be_read_comes_from_the_server()
    {
        await using var server = await ServeAsync((context, _) => Send(context, 0, Content.Length));
        await PackageAsync(new ArtifactRef(Sha256.Of("another"u8), 7), "another"u8.ToArray());
        var other = await WithPackaged(server).FetchAsync(Artifact, TestContext.Current.CancellationToken);
        Assert.Equal((Path.Combine(_folder, "artifacts", Artifact.Sha256.Hex), false), (other.Path, other.WasHere));

        var archive = await PackageAsync(Artifact, [.. Content.Reverse()]);
        var damaged = await WithPackaged(server).FetchAsync(Artifact, TestContext.Current.CancellationToken);
        Assert.Equal(other.Path, damaged.Path);
        Assert.Contains(_log.Lines, line => line.Contains($"{archive} is not what its description names", StringComparison.Ordinal));

        await File.WriteAllTextAsync(Path.ChangeExtension(archive, ".json"), "{", TestContext.Current.CancellationToken);
        var unreadable = await WithPackaged(server).FetchAsync(Artifact, TestContext.Current.CancellationToken);
        Assert.Equal(other.Path, unreadable.Path);
        Assert.Contains(_log.Lines, line => line.Contains("cannot be read", StringComparison.Ordinal));
        Assert.Single(_asked);
    }

    private PackagedImages WithPackaged(HttpServer server) => new(Packaged, TransferFrom(server), _log);

    /// <summary>Puts an archive and its description where a package has them.</summary>
    private async Task<string> PackageAsync(ArtifactRef named, byte[] content)
    {
        var image = new RuntimeImage
        {
            Runtime = new RuntimeManifest
            {
                Contract = ContractVersion.Current,
                Name = "mine",
                Version = "1",
                Model = RuntimeModelFormat.Onnx,
                Program = ["/app/run"],
            },
            Architecture = ProcessorArchitecture.X64,
            Name = "edgebench/mine:1-x64",
            DiffIds = ["sha256:" + named.Sha256.Hex],
            Libraries = new Dictionary<string, string>(),
            TarSha256 = named.Sha256.Hex,
            TarBytes = named.Size,
        };
        Directory.CreateDirectory(Packaged);
        await File.WriteAllTextAsync(
            Path.Combine(Packaged, "mine-x64.json"), JsonSerializer.Serialize(image, RunnerJson.Default.RuntimeImage),
            TestContext.Current.CancellationToken);
        var archive = Path.Combine(Packaged, "mine-x64.tar");
        await File.WriteAllBytesAsync(archive, content, TestContext.Current.CancellationToken);
        return archive;
    }

    private ArtifactTransfer TransferFrom(HttpServer server) => new(server.Address, "secret", _http, _data.Artifacts, TimeProvider.System);

    private Task<HttpServer> ServeAsync(Func<HttpContext, int, Task> answer) => HttpServer.StartAsync(context =>
    {
        var request = context.Request;
        _asked.Enqueue($"{request.Method} {request.Path} {request.Headers.Authorization} {request.Headers.Range}");
        return answer(context, _asked.Count);
    });
}

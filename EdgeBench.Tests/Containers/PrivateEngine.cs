using System.Diagnostics;
using System.Net.Sockets;
using EdgeBench.Tests.Containers;

[assembly: AssemblyFixture(typeof(PrivateEngine))]

namespace EdgeBench.Tests.Containers;

/// <summary>
/// A Docker engine of the test run's own: it starts when a test first asks for it, touches no network and no other engine, and is gone,
/// with its
/// images and containers, when the run ends or dies. Test classes get it as a constructor argument. Installs nothing: without
/// <c>dockerd</c> on PATH
/// the tests that ask are skipped and say so; with <c>EDGEBENCH_ENGINE_REQUIRED=1</c> they fail instead.
/// </summary>
public sealed class PrivateEngine : IAsyncDisposable
{
    // A shell stands between: it sees its standard input end when the test run ends, however that happens, and cleans up.
    private const string Guardian = """
        "$1" --host "unix://$2/docker.sock" --data-root "$2/data" --exec-root "$2/exec" --pidfile "$2/pid" \
            --bridge none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false </dev/null >"$2/log" 2>&1 &
        engine=$!
        read -r _
        kill "$engine" 2>/dev/null
        wait "$engine"
        umount "$2/data" 2>/dev/null
        rm -rf "$2"
        """;

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly Lazy<Task<Started>> _start = new(StartAsync);

    /// <summary>
    /// The engine's address, such as <c>unix:///tmp/eb123/docker.sock</c>; the engine answers there. Skips the calling test where there is
    /// none.
    /// </summary>
    public async Task<Uri> EndpointAsync()
    {
        var started = await _start.Value;
        if (started.Endpoint is null)
        {
            var reason = "left out: " + started.Problem;
            if (Environment.GetEnvironmentVariable("EDGEBENCH_ENGINE_REQUIRED") == "1")
            {
                Assert.Fail(reason + ", and EDGEBENCH_ENGINE_REQUIRED=1 asks for it");
            }

            Assert.Skip(reason);
        }

        return started.Endpoint;
    }

    /// <summary>Stops the engine where one was started.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_start.IsValueCreated && (await _start.Value).Shell is { } shell)
        {
            shell.StandardInput.Close();
            await shell.WaitForExitAsync();
            shell.Dispose();
        }
    }

    private static async Task<Started> StartAsync()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/usr/local/sbin");
        var program = folders.Where(folder => folder != "").Select(folder => Path.Combine(folder, "dockerd")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            return new Started("no Docker engine is installed (dockerd; Debian and Ubuntu have it in the package docker.io)");
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return new Started("starting a Docker engine needs root");
        }

        // Not below TMPDIR: the path of a socket is limited to 107 characters.
        var folder = $"/tmp/eb{Guid.NewGuid().ToString("n")[..8]}";
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guardian, "sh", program, folder]) { RedirectStandardInput = true };
        var shell = Process.Start(start)!;
        var socket = Path.Combine(folder, "docker.sock");
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync(socket))
        {
            if (waited.Elapsed > StartLimit || !EngineRuns(folder, waited))
            {
                var log = await File.ReadAllLinesAsync(Path.Combine(folder, "log"));
                shell.StandardInput.Close();
                await shell.WaitForExitAsync();
                return new Started("a Docker engine does not start here: " + string.Join(" | ", log.TakeLast(3)));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        return new Started(null) { Endpoint = new Uri("unix://" + socket), Shell = shell };
    }

    // The engine writes its pid file early and takes it away when it gives up.
    private static bool EngineRuns(string folder, Stopwatch waited) =>
        waited.Elapsed < TimeSpan.FromSeconds(5) || File.Exists(Path.Combine(folder, "pid"));

    private static async Task<bool> AnswersAsync(string socket)
    {
        if (!File.Exists(socket))
        {
            return false;
        }

        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        try
        {
            using var answer = await client.GetAsync(new Uri("http://engine/_ping"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private sealed record Started(string? Problem)
    {
        public Uri? Endpoint { get; init; }

        public Process? Shell { get; init; }
    }
}

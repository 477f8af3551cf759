using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>
/// A registry of a test's own on a port of this machine, with its data in a folder that goes with it. Installs nothing: where the program
/// is absent the calling test is skipped and says so.
/// </summary>
internal sealed partial class Registry : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly int _port;

    private Registry(DirectoryInfo folder, Process process, int port) => (_folder, _process, _port) = (folder, process, port);

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<Registry> StartAsync()
    {
        const string Program = "/usr/bin/docker-registry";
        Assert.SkipUnless(
            File.Exists(Program), "left out: no registry is installed (Debian and Ubuntu have it in the package docker-registry)");
        var folder = Directory.CreateTempSubdirectory("edgebench-registry-");
        var port = Installation.FreePort();
        var configuration = Path.Combine(folder.FullName, "config.yml");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            version: 0.1
            log: {'{'} level: error {'}'}
            storage: {'{'} filesystem: {'{'} rootdirectory: {folder.FullName}/data {'}'} {'}'}
            http: {'{'} addr: "127.0.0.1:{port}" {'}'}
            """,
            TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(Program, ["serve", configuration]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var registry = new Registry(folder, process, port);
        using var http = new HttpClient();
        await Condition.HoldsAsync(
            async () =>
            {
                try
                {
                    using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/v2/"), TestContext.Current.CancellationToken);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the registry answers",
            () => process.HasExited ? "it ended" : null);
        return registry;
    }

    /// <summary>Pushes an image from an engine.</summary>
    /// <returns>The reference with its digest.</returns>
    public async Task<string> PushAsync(Uri engine, string image, string name)
    {
        var repository = $"127.0.0.1:{_port}/{name}";
        await DockerAsync(engine, "tag", image, repository);
        var pushed = await DockerAsync(engine, "push", repository);
        await DockerAsync(engine, "rmi", repository);
        var digest = DigestPattern().Match(pushed);
        Assert.True(digest.Success, pushed);
        return $"{repository}@{digest.Value}";
    }

    public async ValueTask DisposeAsync()
    {
        if (!_folder.Exists)
        {
            return;
        }

        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
        _folder.Refresh();
    }

    private static async Task<string> DockerAsync(Uri engine, params string[] arguments)
    {
        var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOCKER_HOST"] = engine.OriginalString;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"docker {string.Join(' ', arguments)}: {await error}");
        return output;
    }

    [GeneratedRegex("sha256:[0-9a-f]{64}")]
    private static partial Regex DigestPattern();
}

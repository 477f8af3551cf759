using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>
/// A registry of a test's own on a port of this machine, with its data in a folder that goes with it. Installs nothing: where the program
/// is absent the calling test is skipped and says so.
/// </summary>
internal sealed partial class Registry : IAsyncDisposable
{
    /// <summary>Who may read and write where credentials are asked for.</summary>
    public const string User = "reader";

    /// <summary>The password.</summary>
    public const string Password = "seldom-said-word";

    // The password, as htpasswd -B writes it.
    private const string PasswordFile = $"{User}:$2y$04$9A3Z5VhH.H093Zeze.3NWO6CeEcCAU2cdygN6mYbYFO/jnHQoNk1i\n";

    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly int _port;

    private Registry(DirectoryInfo folder, Process process, int port) => (_folder, _process, _port) = (folder, process, port);

    /// <summary>The host by which engines and people name it.</summary>
    public string Host => $"127.0.0.1:{_port}";

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="asksForCredentials">Whether it lets in nobody but <see cref="User"/>.</param>
    public static async Task<Registry> StartAsync(bool asksForCredentials = false)
    {
        const string Program = "/usr/bin/docker-registry";
        Assert.SkipUnless(
            File.Exists(Program), "left out: no registry is installed (Debian and Ubuntu have it in the package docker-registry)");
        var folder = Directory.CreateTempSubdirectory("edgebench-registry-");
        var port = Installation.FreePort();
        var configuration = Path.Combine(folder.FullName, "config.yml");
        var passwords = Path.Combine(folder.FullName, "htpasswd");
        await File.WriteAllTextAsync(passwords, PasswordFile, TestContext.Current.CancellationToken);
        var access = asksForCredentials ? $"auth: {'{'} htpasswd: {'{'} realm: tests, path: {passwords} {'}'} {'}'}" : "";
        await File.WriteAllTextAsync(
            configuration,
            $"""
            version: 0.1
            log: {'{'} level: error {'}'}
            storage: {'{'} filesystem: {'{'} rootdirectory: {folder.FullName}/data {'}'} {'}'}
            http: {'{'} addr: "127.0.0.1:{port}" {'}'}
            {access}
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
                    return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Unauthorized;
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

    /// <summary>What <c>docker login</c> writes for <see cref="User"/> with a password.</summary>
    public string Configuration(string password) =>
        $$"""{ "auths": { "{{Host}}": { "auth": "{{Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{password}"))}}" } } }""";

    /// <summary>Pushes an image from an engine.</summary>
    /// <returns>The reference with its digest.</returns>
    public async Task<string> PushAsync(Uri engine, string image, string name)
    {
        var repository = $"{Host}/{name}";
        await File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "config.json"), Configuration(Password), TestContext.Current.CancellationToken);
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

    private async Task<string> DockerAsync(Uri engine, params string[] arguments)
    {
        var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOCKER_HOST"] = engine.OriginalString;
        start.Environment["DOCKER_CONFIG"] = _folder.FullName;
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

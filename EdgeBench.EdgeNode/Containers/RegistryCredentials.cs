using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>
/// The credentials for registries, where <c>docker login</c> puts them for a user: in the file <c>config.json</c>, or in what a credential
/// helper guards that the file names. They are read anew for each pull, handed to the engine and kept nowhere.
/// </summary>
/// <param name="folder">The folder of the file.</param>
internal sealed class RegistryCredentials(string folder)
{
    private const string DockerHub = "https://index.docker.io/v1/";

    // What a helper says in place of a user's name where the secret is a token.
    private const string TokenUser = "<token>";

    private static readonly TimeSpan HelperPatience = TimeSpan.FromSeconds(30);

    /// <summary>Those of this process' user: in <c>DOCKER_CONFIG</c>, else in <c>.docker</c> of the home folder.</summary>
    public static RegistryCredentials OfThisUser => new(
        Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker"));

    /// <summary>The file.</summary>
    public string File { get; } = Path.Combine(folder, "config.json");

    /// <summary>The registry's host in a reference, as <c>docker login</c> takes it.</summary>
    public static string HostOf(string reference) => reference.Split('/')[0];

    /// <summary>The credentials for a registry, or null where there are none.</summary>
    /// <param name="host">The registry's host.</param>
    /// <param name="stop">Ends the wait for a helper.</param>
    /// <exception cref="InferenceFailedException">The file cannot be read, or the helper that it names does not answer.</exception>
    public async Task<AuthConfig?> FindAsync(string host, CancellationToken stop)
    {
        var server = host is "docker.io" or "index.docker.io" or "registry-1.docker.io" ? DockerHub : host;
        if (await ReadAsync(stop).ConfigureAwait(false) is not { } configuration)
        {
            return null;
        }

        var helper = configuration.CredHelpers.GetValueOrDefault(server) ?? configuration.CredsStore;
        var found = string.IsNullOrEmpty(helper)
            ? Stored(configuration, server)
            : await AskAsync(helper, server, stop).ConfigureAwait(false);
        found?.ServerAddress = server;
        return found;
    }

    private async Task<DockerConfiguration?> ReadAsync(CancellationToken stop)
    {
        try
        {
            var json = await System.IO.File.ReadAllBytesAsync(File, stop).ConfigureAwait(false);
            return JsonSerializer.Deserialize(json, DockerConfigurationJson.Default.DockerConfiguration);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"{File} cannot be read: {problem.Message}");
        }
        catch (JsonException problem)
        {
            // Not the exception's message: it may quote what stands there.
            throw Unusable($"{File} is no configuration of Docker's command: line {problem.LineNumber + 1} is not as it should be");
        }
    }

    private AuthConfig? Stored(DockerConfiguration configuration, string server)
    {
        // Older logins are kept under a whole address.
        var stored = configuration.Auths.GetValueOrDefault(server)
            ?? configuration.Auths.FirstOrDefault(entry => HostOfAddress(entry.Key) == HostOfAddress(server)).Value;
        if (stored is null)
        {
            return null;
        }

        var (user, password) = (stored.Username, stored.Password);
        if (!string.IsNullOrEmpty(stored.Auth))
        {
            (user, password) = Decode(stored.Auth) ?? throw Unusable(
                $"{File} holds credentials for {server} that are not USER:PASSWORD in base64; "
                + $"run 'docker login {HostOfAddress(server)}' again");
        }

        var found = new AuthConfig
        {
            Username = user,
            Password = password,
            IdentityToken = stored.IdentityToken,
            RegistryToken = stored.RegistryToken,
        };
        return string.IsNullOrEmpty(found.Username + found.IdentityToken + found.RegistryToken) ? null : found;
    }

    private static (string User, string Password)? Decode(string auth)
    {
        var bytes = new byte[auth.Length];
        return Convert.TryFromBase64String(auth, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [var user, var password]
            // Some logins end the password with a zero byte.
            ? (user, password.TrimEnd('\0'))
            : null;
    }

    private static string HostOfAddress(string address) => address.Split("://")[^1].Split('/')[0];

    /// <summary>Asks a helper, by the protocol of Docker's credential helpers: the server's address in, a JSON object out.</summary>
    private async Task<AuthConfig?> AskAsync(string helper, string server, CancellationToken stop)
    {
        var program = "docker-credential-" + helper;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(HelperPatience);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["get"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            try
            {
                var errors = process.StandardError.ReadToEndAsync(late.Token);
                await process.StandardInput.WriteAsync(server.AsMemory(), late.Token).ConfigureAwait(false);
                process.StandardInput.Close();
                var output = await process.StandardOutput.ReadToEndAsync(late.Token).ConfigureAwait(false);
                await errors.ConfigureAwait(false);
                await process.WaitForExitAsync(late.Token).ConfigureAwait(false);
                return process.ExitCode == 0 ? Told(output)
                    : output.Contains("credentials not found", StringComparison.Ordinal) ? null
                    // Not what it printed, where a secret may be.
                    : throw Unusable(
                        $"{program}, which {File} names for {server}, ended with exit code {process.ExitCode}; "
                        + $"'echo {server} | {program} get' shows why");
            }
            finally
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception problem) when (problem is Win32Exception or IOException)
        {
            throw Unusable($"{program}, which {File} names for {server}, cannot be run: {problem.Message}");
        }
        catch (JsonException)
        {
            throw Unusable($"{program}, which {File} names for {server}, does not answer as a credential helper does");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw Unusable($"{program}, which {File} names for {server}, did not answer within {HelperPatience.TotalSeconds:0} s");
        }
    }

    private static AuthConfig? Told(string output) =>
        JsonSerializer.Deserialize(output, DockerConfigurationJson.Default.HelperAnswer) switch
        {
            { Username: TokenUser } token => new AuthConfig { IdentityToken = token.Secret },
            { Username.Length: > 0 } user => new AuthConfig { Username = user.Username, Password = user.Secret },
            _ => null,
        };

    private static InferenceFailedException Unusable(string message) => new(InferenceFailureKind.ImageBroken, message);
}

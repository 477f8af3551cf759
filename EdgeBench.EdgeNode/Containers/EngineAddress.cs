namespace EdgeBench.EdgeNode.Containers;

/// <summary>Where the Docker engine of this machine listens, by the conventions of its own tools.</summary>
public static class EngineAddress
{
    /// <summary>
    /// The engine's address: <c>DOCKER_HOST</c>, else the socket that <c>DOCKER_SOCK</c> names, else the first default socket that exists,
    /// of Docker (the machine's, then the user's own) and of Podman (likewise), else Docker's default.
    /// </summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="exists">Whether a socket's file is there.</param>
    public static Uri Find(Func<string, string?> environment, Func<string, bool> exists)
    {
        if (environment("DOCKER_HOST") is { Length: > 0 } host)
        {
            return Uri.TryCreate(host, UriKind.Absolute, out var address) ? address : new Uri("unix://" + Path.GetFullPath(host));
        }

        if (environment("DOCKER_SOCK") is { Length: > 0 } socket)
        {
            return new Uri("unix://" + Path.GetFullPath(socket));
        }

        var candidates = new List<string> { "/var/run/docker.sock", "/run/podman/podman.sock" };
        if (environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
        {
            candidates.Insert(1, Path.Combine(runtime, "docker.sock"));
            candidates.Add(Path.Combine(runtime, "podman/podman.sock"));
        }

        return new Uri("unix://" + (candidates.FirstOrDefault(exists) ?? candidates[0]));
    }

    /// <summary>The engine's address by this process' environment.</summary>
    public static Uri Find() => Find(Environment.GetEnvironmentVariable, File.Exists);
}

using System.Globalization;
using Docker.DotNet.Models;
using EdgeBench.EdgeNode.Inference;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>The container that a runner gets: nothing that it does not need.</summary>
internal static class Sandbox
{
    /// <summary>Where the job folder lies in the container.</summary>
    public const string JobFolder = "/job";

    /// <summary>The label with the identity of the data folder.</summary>
    public const string DataLabel = "edgebench.data";

    /// <summary>The label with the attempt's id.</summary>
    public const string AttemptLabel = "edgebench.attempt";

    public static CreateContainerParameters Describe(InferenceRequest request, string name, string image, Guid data) => new()
    {
        Name = name,
        Image = image,
        Entrypoint = [.. request.Image.Program],
        Cmd = [JobFolder],
        User = "65532:65532",
        WorkingDir = "/",
        Hostname = "runner",
        AttachStdout = true,
        AttachStderr = true,
        // Beside the network mode: it saves the engine from making a sandbox for a network that is not there, 150 ms a start.
        NetworkDisabled = true,
        // An anonymous volume can be filled before the start although the root is read-only, and through an engine on another file system
        // too.
        Volumes = new Dictionary<string, EmptyStruct> { [JobFolder] = default },
        Labels = new Dictionary<string, string>
        {
            [DataLabel] = data.ToString("d", CultureInfo.InvariantCulture),
            [AttemptLabel] = request.Attempt,
        },
        HostConfig = Limits(request.Limits),
    };

    private static HostConfig Limits(InferenceLimits limits) => new()
    {
        NetworkMode = "none",
        ReadonlyRootfs = true,
        CapDrop = ["ALL"],
        SecurityOpt = ["no-new-privileges"],
        Memory = limits.MemoryBytes,
        MemorySwap = limits.MemoryBytes,
        PidsLimit = limits.Pids,
        CpusetCpus = limits.Cpus.ToString(),
        // Podman's own defaults may lie above what this machine allows. Processes are counted for the user in all containers, so that limit
        // is wide.
        Ulimits =
        [
            new Ulimit { Name = "nofile", Soft = limits.OpenFiles, Hard = limits.OpenFiles },
            new Ulimit { Name = "nproc", Soft = 4096, Hard = 4096 },
            new Ulimit { Name = "core", Soft = 0, Hard = 0 },
        ],
        Tmpfs = new Dictionary<string, string> { ["/tmp"] = "rw,noexec,nosuid,nodev,size=64m,mode=1777" },
        LogConfig = new LogConfig { Type = "none" },
    };
}

using System.Text.Json.Serialization;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>Whether a container engine can be used: exactly one of the two is not null.</summary>
/// <param name="Facts">The engine that answers.</param>
/// <param name="Problem">Why none answers.</param>
public sealed record EngineState(EngineFacts? Facts, EngineProblem? Problem);

/// <summary>A container engine.</summary>
/// <param name="Name"><c>docker</c> or <c>podman</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="ApiVersion">The version of its API.</param>
/// <param name="CgroupVersion">1 or 2, or null where it does not say.</param>
/// <param name="Warnings">What it says about limits that this machine's kernel cannot keep.</param>
public sealed record EngineFacts(string Name, string Version, string ApiVersion, int? CgroupVersion, IReadOnlyList<string> Warnings);

/// <summary>Why no engine can be used.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Message">What is the matter and what to do; one line.</param>
public sealed record EngineProblem(EngineProblemKind Kind, string Message);

/// <summary>The kinds of reasons why no engine can be used.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<EngineProblemKind>))]
public enum EngineProblemKind
{
    /// <summary>Neither Docker nor Podman is installed.</summary>
    NotInstalled,

    /// <summary>It is installed, or was named, but nothing listens at its address.</summary>
    NotRunning,

    /// <summary>This user may not talk to it.</summary>
    PermissionDenied,

    /// <summary>The address is of a kind that cannot be used.</summary>
    AddressNotUsable,

    /// <summary>Something listens there, but does not answer as an engine does.</summary>
    NotAnswering,
}

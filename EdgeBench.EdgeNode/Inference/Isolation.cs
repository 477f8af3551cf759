using System.Text.Json.Serialization;
using EdgeBench.RunnerContract;

namespace EdgeBench.EdgeNode.Inference;

/// <summary>How a runner is kept apart from the rest of the machine.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Isolation>))]
public enum Isolation
{
    /// <summary>In a container of a Docker engine.</summary>
    Container,

    /// <summary>As a child process: with the host's C library, and with no sandbox worth the name.</summary>
    Process,
}

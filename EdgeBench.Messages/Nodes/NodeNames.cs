namespace EdgeBench.Messages.Nodes;

/// <summary>The names by which nodes find each other.</summary>
public static class NodeNames
{
    /// <summary>The name of every node's ActorSystem.</summary>
    public const string ActorSystem = "edgebench";

    /// <summary>The role of a server.</summary>
    public const string ServerRole = "server";

    /// <summary>The role of an edge node.</summary>
    public const string EdgeRole = "edge";

    /// <summary>The name of the actor that manages the coordinator, a cluster singleton.</summary>
    public const string TaskCoordinator = "task-coordinator";

    /// <summary>The path of the actor that clients reach through the receptionist.</summary>
    public const string ClientGateway = "/user/client-gateway";

    /// <summary>The path of a server's receptionist, behind its address.</summary>
    public const string Receptionist = "/system/receptionist";

    /// <summary>The server's HTTP port, which is all that others need to know of it.</summary>
    public const int DefaultHttpPort = 8765;

    /// <summary>The role of edge nodes of an architecture.</summary>
    /// <param name="architecture"><c>x64</c> or <c>arm64</c>.</param>
    public static string ArchitectureRole(string architecture) => $"arch-{architecture}";

    /// <summary>The role of edge nodes of a kind of board.</summary>
    /// <param name="kind">For example <c>rpi4</c>.</param>
    public static string DeviceRole(string kind) => $"device-{kind}";
}

using System.Reflection;
using EdgeBench.Messages.Joining;

namespace EdgeBench.EdgeNode.Joining;

/// <summary>The version of this build.</summary>
internal static class NodeVersion
{
    /// <summary>Without the commit that a build may add behind a plus sign.</summary>
    public static string Current { get; } =
        typeof(JoinRequest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}

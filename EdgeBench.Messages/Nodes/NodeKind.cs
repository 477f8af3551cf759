namespace EdgeBench.Messages.Nodes;

/// <summary>The kinds of nodes.</summary>
public enum NodeKind
{
    /// <summary>A member of the cluster with role <see cref="NodeNames.ServerRole"/>.</summary>
    Server,

    /// <summary>A member of the cluster with role <see cref="NodeNames.EdgeRole"/>.</summary>
    Edge,

    /// <summary>No member: it asks through the server's receptionist.</summary>
    Client,
}

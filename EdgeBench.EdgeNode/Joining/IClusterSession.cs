namespace EdgeBench.EdgeNode.Joining;

/// <summary>One life of the node's ActorSystem: it listens, joins a cluster, and is given up when the server is lost.</summary>
internal interface IClusterSession : IAsyncDisposable
{
    /// <summary>The address that it listens on.</summary>
    string ListenAddress { get; }

    /// <summary>Its Akka address, as others reach it.</summary>
    string AkkaAddress { get; }

    /// <summary>Joins the server's cluster and begins to speak for the device.</summary>
    /// <param name="serverAddress">The server's Akka address.</param>
    /// <returns>Ends when the server is lost or this system has ended, and says why.</returns>
    Task<string> JoinAsync(string serverAddress);

    /// <summary>Says goodbye, stops what is measured, and leaves the cluster; within its own time limits.</summary>
    Task LeaveAsync();
}

/// <summary>Starts sessions.</summary>
internal interface IClusterSessions
{
    /// <summary>Starts one.</summary>
    /// <param name="listenAddress">The address to listen on.</param>
    /// <returns>The session, or why there is none: most likely the port is taken.</returns>
    (IClusterSession? Session, string? Problem) Start(string listenAddress);
}

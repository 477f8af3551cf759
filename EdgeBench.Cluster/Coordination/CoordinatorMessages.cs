namespace EdgeBench.Cluster.Coordination;

/// <summary>Asks the coordinator whether it works. Answer: itself.</summary>
internal sealed record CoordinatorPing
{
    /// <summary>The only one.</summary>
    public static CoordinatorPing Instance { get; } = new();
}

/// <summary>The last message of a coordinator: it stops once what is being written is written.</summary>
internal sealed record StopCoordinator
{
    /// <summary>The only one.</summary>
    public static StopCoordinator Instance { get; } = new();
}

namespace EdgeBench.Tests.EndToEnd;

/// <summary>
/// Tests of the command as processes of its own run one after the other: each has the machine's processors, and all edge nodes of a machine
/// take turns at measuring anyway.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EndToEndTestOrder : ICollectionFixture<SharedNodes>
{
    public const string Name = "end to end";
}

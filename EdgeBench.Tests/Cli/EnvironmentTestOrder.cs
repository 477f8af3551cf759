namespace EdgeBench.Tests.Cli;

/// <summary>Tests that set variables of the environment take turns, as all share that of the process.</summary>
[CollectionDefinition(Name)]
public sealed class EnvironmentTestOrder
{
    public const string Name = "environment";
}

namespace EdgeBench.EdgeNode.Observation;

/// <summary>The containers that run beside a measurement.</summary>
internal interface IOtherContainers
{
    /// <summary>The names of the containers that run now, with their images.</summary>
    /// <param name="attempt">The attempt whose own container is no other.</param>
    /// <param name="cancellation">Ends the wait for the engine.</param>
    /// <returns>The names, or why they are not known.</returns>
    Task<Facts.Fact<IReadOnlyList<string>>> RunningAsync(string attempt, CancellationToken cancellation);
}

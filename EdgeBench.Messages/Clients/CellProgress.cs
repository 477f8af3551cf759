using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Clients;

/// <summary>Where a running attempt is.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Phase">What its device is doing, in one or two words.</param>
/// <param name="Runs">The timed runs so far.</param>
public sealed record CellProgress(CellId Cell, string Phase, int Runs);

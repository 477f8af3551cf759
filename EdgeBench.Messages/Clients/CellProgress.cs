using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Clients;

/// <summary>Where a running attempt is.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Phase">What its device is doing, in one or two words.</param>
/// <param name="Runs">The timed runs so far, over all starts.</param>
/// <param name="Start">Which fresh start it is at, from 1; 0 before the first.</param>
/// <param name="Starts">How many there will be, or at least; 0 before that is known.</param>
public sealed record CellProgress(CellId Cell, string Phase, int Runs, int Start = 0, int Starts = 0);

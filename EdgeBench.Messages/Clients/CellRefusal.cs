namespace EdgeBench.Messages.Clients;

/// <summary>A cell that cannot be measured.</summary>
/// <param name="Cell">Its number in the task.</param>
/// <param name="Message">One line: why, and what to do.</param>
public sealed record CellRefusal(int Cell, string Message);

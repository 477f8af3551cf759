using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Client;

/// <summary>What a submission would become.</summary>
/// <param name="Request">The request that it makes.</param>
/// <param name="Cells">The grid, in the order in which it would be measured.</param>
/// <param name="Refused">The cells of it that would end at once.</param>
public sealed record TaskPlan(TaskRequest Request, IReadOnlyList<Cell> Cells, IReadOnlyList<CellRefusal> Refused);

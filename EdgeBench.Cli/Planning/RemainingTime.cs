using EdgeBench.Client;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cli.Planning;

/// <summary>How long a task that is followed will still take, by its plan.</summary>
/// <param name="plan">The plan, or null where there is none.</param>
/// <param name="time">The clock.</param>
internal sealed class RemainingTime(PricedPlan? plan, TimeProvider time)
{
    private readonly Dictionary<CellId, TimeSpan?> _expected = plan is null
        ? []
        : plan.Plan.Cells.Zip(plan.Estimates, (cell, estimate) => (cell.Id, estimate.Time)).ToDictionary();

    private readonly Dictionary<CellId, long> _began = [];

    private readonly Dictionary<CellId, (TimeSpan Took, TimeSpan Expected)> _ended = [];

    /// <summary>How much longer than expected the cells took that were seen from their beginning to their end.</summary>
    private double Pace => _ended.Count == 0
        ? 1
        : Math.Clamp(_ended.Values.Sum(cell => cell.Took.TotalSeconds) / _ended.Values.Sum(cell => cell.Expected.TotalSeconds), 0.1, 10);

    /// <summary>The time, or null where it cannot be told.</summary>
    public TimeSpan? Of(TaskUpdate update)
    {
        foreach (var cell in update.State.Cells.Where(cell => cell.Phase == CellPhase.Measured && !_ended.ContainsKey(cell.Cell.Id)))
        {
            if (_began.TryGetValue(cell.Cell.Id, out var began)
                && _expected.GetValueOrDefault(cell.Cell.Id) is { } expected && expected > TimeSpan.Zero)
            {
                _ended.Add(cell.Cell.Id, (time.GetElapsedTime(began), expected));
            }
        }

        var longest = TimeSpan.Zero;
        foreach (var device in update.State.Cells.Where(cell => !cell.HasEnded).GroupBy(cell => cell.Cell.Device))
        {
            var ofDevice = TimeSpan.Zero;
            foreach (var cell in device)
            {
                if (_expected.GetValueOrDefault(cell.Cell.Id) is not { } expected)
                {
                    return null;
                }

                var wanted = expected * Pace;
                var gone = cell.Phase is CellPhase.Running or CellPhase.Assigned ? GoneBy(cell.Cell.Id) : TimeSpan.Zero;
                ofDevice += wanted > gone ? wanted - gone : TimeSpan.Zero;
            }

            longest = ofDevice > longest ? ofDevice : longest;
        }

        return longest;
    }

    /// <summary>How long a cell has been seen to run.</summary>
    private TimeSpan GoneBy(CellId cell)
    {
        if (!_began.TryGetValue(cell, out var began))
        {
            began = time.GetTimestamp();
            _began.Add(cell, began);
        }

        return time.GetElapsedTime(began);
    }
}

using EdgeBench.EdgeNode.Data;

namespace EdgeBench.EdgeNode.Measurements;

/// <summary>
/// The measurements of this process by attempt. There is one such registry a process, made before the ActorSystem and outliving it: an
/// actor starts a measurement here, follows it and can stop it; when the ActorSystem is built anew, the next actor finds it again.
/// </summary>
/// <param name="parts">What measurements work with.</param>
/// <param name="hostLock">Keeps measurements of this host apart.</param>
/// <param name="spool">Takes the results.</param>
public sealed class RunningMeasurements(MeasuringParts parts, HostLock hostLock, ResultSpool spool) : IAsyncDisposable
{
    private readonly Dictionary<string, RunningMeasurement> _measurements = [];
    private readonly Lock _gate = new();
    private bool _disposed;

    /// <summary>The attempts that run, or whose result nobody has taken.</summary>
    public IReadOnlyList<RunningMeasurement> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _measurements.Values];
            }
        }
    }

    /// <summary>Starts a measurement, or finds the one of the same attempt: an attempt is never begun twice.</summary>
    /// <exception cref="ArgumentException">What is asked for cannot be measured.</exception>
    /// <exception cref="ObjectDisposedException">The process is going away.</exception>
    public RunningMeasurement Start(MeasurementOrder order)
    {
        if (order.Options.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(order));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_measurements.TryGetValue(order.Attempt, out var measurement))
            {
                measurement = new RunningMeasurement(order, parts, hostLock, spool, new CancellationTokenSource());
                _measurements.Add(order.Attempt, measurement);
            }

            return measurement;
        }
    }

    /// <summary>The measurement of an attempt, or null.</summary>
    public RunningMeasurement? Find(string attempt)
    {
        lock (_gate)
        {
            return _measurements.GetValueOrDefault(attempt);
        }
    }

    /// <summary>Takes the result of a measurement that has ended, and forgets the measurement. What is in the spool stays there.</summary>
    /// <returns>Null where there is no such measurement, or it has not ended.</returns>
    public async Task<MeasurementResult?> TakeAsync(string attempt)
    {
        RunningMeasurement? measurement;
        lock (_gate)
        {
            if (!_measurements.TryGetValue(attempt, out measurement) || !measurement.Completion.IsCompleted)
            {
                return null;
            }

            _measurements.Remove(attempt);
        }

        return await measurement.Completion.ConfigureAwait(false);
    }

    /// <summary>Stops all that runs, and waits until nothing of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        RunningMeasurement[] all;
        lock (_gate)
        {
            _disposed = true;
            all = [.. _measurements.Values];
        }

        foreach (var measurement in all)
        {
            measurement.Stop();
        }

        await Task.WhenAll(all.Select(measurement => measurement.Completion)).ConfigureAwait(false);
    }
}

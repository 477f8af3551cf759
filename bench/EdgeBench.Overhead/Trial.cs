namespace EdgeBench.Overhead;

/// <summary>One measurement of the model, from asking for it to having its result.</summary>
/// <param name="Whole">From the asking to the result.</param>
/// <param name="Runs">The warm-up and the timed runs in it, which are what was asked for.</param>
/// <param name="Phases">What the rest consists of, in order.</param>
internal sealed record Trial(TimeSpan Whole, TimeSpan Runs, IReadOnlyList<Phase> Phases)
{
    /// <summary>What it took beside the runs.</summary>
    public TimeSpan Overhead => Whole - Runs;
}

/// <summary>A part of a trial.</summary>
/// <param name="Name">What happened in it.</param>
/// <param name="Time">How long it took.</param>
internal sealed record Phase(string Name, TimeSpan Time);

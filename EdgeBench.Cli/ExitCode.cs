namespace EdgeBench.Cli;

/// <summary>What the command tells the shell. The numbers are a promise to scripts.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>Anything that failed and has no number of its own.</summary>
    Failed = 1,

    /// <summary>An unknown option, device or runtime.</summary>
    Usage = 2,

    /// <summary>A model that is not accepted, or cannot be given in the asked format.</summary>
    ModelNotAccepted = 3,

    /// <summary>The server cannot be reached, or did not answer in time.</summary>
    ServerUnreachable = 4,

    /// <summary>Measured, but a result is INVALID: it is not the latency of the model under these conditions.</summary>
    NotValid = 5,

    /// <summary>Ended by Ctrl-C.</summary>
    Interrupted = 130,
}

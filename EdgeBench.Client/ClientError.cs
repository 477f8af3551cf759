namespace EdgeBench.Client;

/// <summary>Why a question has no answer.</summary>
/// <param name="Kind">Which kind of trouble.</param>
/// <param name="Message">One line: what is wrong and what to do.</param>
public sealed record ClientError(ClientErrorKind Kind, string Message);

/// <summary>Kinds of trouble.</summary>
public enum ClientErrorKind
{
    /// <summary>No server answers there.</summary>
    Unreachable,

    /// <summary>The server was reached and did not answer in time.</summary>
    TimedOut,

    /// <summary>The token is not the server's.</summary>
    Unauthorized,

    /// <summary>A file that was handed in cannot be read.</summary>
    FileNotReadable,

    /// <summary>No device, or none by that name.</summary>
    UnknownDevice,

    /// <summary>No device is online.</summary>
    NoDeviceOnline,

    /// <summary>No runtime has that name.</summary>
    UnknownRuntime,

    /// <summary>What was asked for cannot be asked for; the message says why.</summary>
    BadRequest,

    /// <summary>No such task.</summary>
    UnknownTask,

    /// <summary>The server refused for another reason; the message says which.</summary>
    Refused,
}

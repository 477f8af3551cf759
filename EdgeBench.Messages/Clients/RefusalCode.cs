using System.Text.Json.Serialization;

namespace EdgeBench.Messages.Clients;

/// <summary>Why a request was not carried out.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RefusalCode>))]
public enum RefusalCode
{
    /// <summary>The token is not the server's.</summary>
    Unauthorized,

    /// <summary>The request is not as it must be.</summary>
    BadRequest,

    /// <summary>No device has that name.</summary>
    UnknownDevice,

    /// <summary>No runtime has that name.</summary>
    UnknownRuntime,

    /// <summary>No device is online.</summary>
    NoDeviceOnline,

    /// <summary>No such task.</summary>
    UnknownTask,

    /// <summary>The key belongs to a task with another request.</summary>
    KeyTaken,

    /// <summary>A file that the request names is not in the artifact store.</summary>
    ArtifactMissing,

    /// <summary>No such administrator's command.</summary>
    UnknownCommand,

    /// <summary>The server could not store it; nothing happened, try again.</summary>
    StorageFailed,

    /// <summary>A part of the server did not answer in time; it may have been done or not, and asking again is safe.</summary>
    TimedOut,
}

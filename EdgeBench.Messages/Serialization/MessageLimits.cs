namespace EdgeBench.Messages.Serialization;

/// <summary>How long what is sent or stored may be. Bigger things are artifacts.</summary>
public static class MessageLimits
{
    /// <summary>The greatest length of a message in bytes: a frame has 128,000, some of which are the envelope's.</summary>
    public const int MaximumMessageBytes = 100_000;

    /// <summary>The greatest length of an event in bytes: one must fit a page, see <see cref="Clients.ClientReplies.EventPage"/>.</summary>
    public const int MaximumEventBytes = 64 * 1024;

    /// <summary>The greatest length of a result in bytes: it is the greatest part of an event.</summary>
    public const int MaximumResultBytes = 48 * 1024;
}

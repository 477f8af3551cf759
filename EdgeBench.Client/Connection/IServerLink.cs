using EdgeBench.Messages.Clients;

namespace EdgeBench.Client.Connection;

/// <summary>Carries requests to the server.</summary>
internal interface IServerLink : IAsyncDisposable
{
    /// <summary>Asks once.</summary>
    /// <returns>The reply, be it a refusal, or why there is none.</returns>
    Task<Answer<IClientReply>> AskAsync(IClientRequest request, TimeSpan timeout, CancellationToken cancellationToken);
}

using EdgeBench.Client;
using EdgeBench.Client.Connection;
using EdgeBench.Messages.Clients;

namespace EdgeBench.Tests.Client;

/// <summary>Answers requests as the test says, and remembers them.</summary>
internal sealed class FakeServerLink(Func<IClientRequest, Answer<IClientReply>> answer) : IServerLink
{
    public List<IClientRequest> Requests { get; } = [];

    public Task<Answer<IClientReply>> AskAsync(IClientRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return Task.FromResult(answer(request));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

using Akka.Actor;
using Akka.Event;
using EdgeBench.Cluster.Access;
using EdgeBench.Cluster.Admin;
using EdgeBench.Cluster.Coordination;
using EdgeBench.Messages.Clients;

namespace EdgeBench.Cluster.Clients;

/// <summary>
/// The one actor that clients reach, through the receptionist. It checks the token of every call, and answers each: a part of the server
/// that does not
/// answer in time becomes a refusal.
/// </summary>
internal sealed class ClientGateway : UntypedActor
{
    private readonly IActorRef _coordinator;
    private readonly AccessToken _token;
    private readonly AdminCommands _admin;
    private readonly TimeSpan _timeout;
    private readonly ILoggingAdapter _logger = Context.GetLogger();

    /// <summary>To be made with <see cref="Props"/>.</summary>
    public ClientGateway(IActorRef coordinator, AccessToken token, AdminCommands admin, TimeSpan timeout)
    {
        _coordinator = coordinator;
        _token = token;
        _admin = admin;
        _timeout = timeout;
    }

    /// <summary>Makes the gateway.</summary>
    /// <param name="coordinator">The coordinator.</param>
    /// <param name="token">What lets clients in.</param>
    /// <param name="admin">The administrator's commands.</param>
    /// <param name="timeout">How long a part of the server may take, beyond the time for which a question for events is held back.</param>
    public static Props Props(IActorRef coordinator, AccessToken token, AdminCommands admin, TimeSpan timeout) =>
        Akka.Actor.Props.Create(() => new ClientGateway(coordinator, token, admin, timeout));

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        if (message is not ClientCall call)
        {
            Unhandled(message);
            return;
        }

        if (!_token.Matches(call.Token))
        {
            _logger.Warning("A client came with a wrong token from {0}", Sender.Path.Address);
            Sender.Tell(new Refusal(RefusalCode.Unauthorized, _token.WrongMessage).ToReply());
            return;
        }

        AnswerAsync(call.Request).PipeTo(Sender, Self);
    }

    private async Task<IClientReply> AnswerAsync(IClientRequest request)
    {
        try
        {
            return request is ClientRequests.RunAdminCommand command
                ? await _admin.RunAsync(command.Line)
                : await _coordinator.Ask<IClientReply>(request, _timeout);
        }
        catch (AskTimeoutException)
        {
            return new Refusal(RefusalCode.TimedOut, $"the server did not answer within {_timeout.TotalSeconds:0} s; try again").ToReply();
        }
    }
}

using Akka.Actor;
using Akka.Event;
using EdgeBench.Cluster.Tasks;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Cluster.Coordination;

/// <content>The coordinator and the devices.</content>
internal sealed partial class TaskCoordinator
{
    private readonly Dictionary<DeviceId, IActorRef> _devices = [];

    private void Hear(IFromDevice message)
    {
        switch (message)
        {
            case FromDevice.Register register:
                Register(register);
                break;
            case FromDevice.Heartbeat beat when _awaited.Count == 0 && _devices.ContainsKey(beat.Device):
                Do(_dispatch!.Beat(beat, Now));
                break;
            case FromDevice.Heartbeat beat:
                Sender.Tell(new ToDevice.RegisterAgain(beat.Session));
                break;
            // Only a registered device showed the token. The others repeat what matters once they have registered.
            case var _ when !_devices.ContainsKey(message.Device):
                break;
            case FromDevice.AttemptStarted started:
                Do(_dispatch!.Started(started));
                break;
            case FromDevice.AttemptProgress progress when _children.TryGetValue(progress.Attempt.Cell.Task, out var child):
                child.Tell(progress);
                break;
            case FromDevice.AttemptMeasured measured:
                End(measured.Device, measured.Attempt, new TaskCommand.KeepResult(measured.Attempt, measured.Result));
                break;
            case FromDevice.AttemptFailed failed:
                End(failed.Device, failed.Attempt, new TaskCommand.FailAttempt(failed.Attempt, failed.Failure));
                break;
            case FromDevice.Leaving leaving:
                _logger.Info("Device {0} leaves", leaving.Device);
                _dispatch = _dispatch!.Leave(leaving);
                break;
        }
    }

    /// <summary>A device says how an attempt ended: its task decides what that means, where there is such a task.</summary>
    private void End(DeviceId device, AttemptId attempt, TaskCommand command) =>
        Do(_dispatch!.Answered(device, attempt, command, _ledger.Tasks.ContainsKey(attempt.Cell.Task), Now));

    private void Register(FromDevice.Register register)
    {
        if (!_services.Token.Matches(register.Token))
        {
            _logger.Warning("Device '{0}' ({1}) came with a wrong token", register.Name, Sender.Path.Address);
            Sender.Tell(new ToDevice.RegistrationRefused(register.Session, _services.Token.WrongMessage));
            return;
        }

        // Which attempts are valid is known once every open task has reported; the device repeats its registration until then.
        if (_awaited.Count > 0)
        {
            return;
        }

        var step = _dispatch!.Register(register, Now);
        if (step.Dispatch.Devices.GetValueOrDefault(register.Device)?.Session == register.Session)
        {
            _devices[register.Device] = Sender;
            _logger.Info("Device '{0}' ({1}) is registered from {2}", register.Name, register.Device, Sender.Path.Address);
            Do(step);
        }
        else
        {
            _logger.Warning("Device '{0}' ({1}) is refused: its name is taken", register.Name, register.Device);
            foreach (var tell in step.Effects.OfType<Devices.DispatchEffect.TellDevice>())
            {
                Sender.Tell(tell.Message);
            }
        }
    }

    private void TellDevice(DeviceId device, IToDevice message)
    {
        // A heartbeat is answered to its sender: it may come from an older session, whose place another has taken.
        if (message is ToDevice.RegisterAgain)
        {
            Sender.Tell(message);
        }
        else if (_devices.TryGetValue(device, out var agent))
        {
            agent.Tell(message);
        }
    }

    /// <summary>
    /// Takes a silent edge's node out of the cluster. No strategy does, so that one bad link cannot take the server down.
    /// </summary>
    private void Down(DeviceId device)
    {
        var cluster = Akka.Cluster.Cluster.Get(Context.System);
        if (_devices.TryGetValue(device, out var agent)
            && agent.Path.Address is { HasGlobalScope: true } address
            && address != cluster.SelfAddress)
        {
            _logger.Warning("Device {0} is silent; its node {1} is taken out of the cluster", device, address);
            cluster.Down(address);
        }
    }

    private ClientReplies.DeviceList DeviceListOf(int skip)
    {
        var (devices, more) = Clients.AnswerPage.Of(
            _dispatch!.Devices.Values.Select(device => device.ToState())
                .OrderBy(device => device.Name.Value, StringComparer.Ordinal),
            skip);
        return new ClientReplies.DeviceList(devices, more);
    }
}

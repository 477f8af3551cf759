using System.Text.Json;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Serialization;

namespace EdgeBench.Tests.Messages;

public class NullOnTheWireTests
{
    [Fact]
    public void What_is_null_is_not_written_and_is_null_when_it_is_read()
    {
        Same(new JoinRequest(null, null, null, "1"), """{"version":"1"}""");
        Same(new JoinAnswer("akka.tcp://edgebench@a:1", "1", null), """{"akkaAddress":"akka.tcp://edgebench@a:1","version":"1"}""");
        var idle = new FromDevice.Heartbeat(new DeviceId(Guid.Empty), Guid.Empty, 1, null, null);
        Assert.Equal(idle, RoundTrip(idle));
    }

    private static void Same<T>(T value, string json)
    {
        Assert.Equal(json, JsonSerializer.Serialize(value, MessagesJson.Options));
        Assert.Equal(value, RoundTrip(value));
    }

    private static T RoundTrip<T>(T value) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, MessagesJson.Options), MessagesJson.Options)!;
}

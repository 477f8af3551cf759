using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;
using EdgeBench.Messages;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Nodes;
using EdgeBench.Messages.Serialization;
using EdgeBench.Messages.Tasks;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeBench.Tests.Messages;

public sealed class SerializationTests : IDisposable
{
    private readonly ActorSystem _system =
        NodeSystem.Create(new NodeOptions { Kind = NodeKind.Client }, NullLoggerFactory.Instance);

    public static TheoryData<string> ManifestNames => [.. Manifests.Types.Keys.Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        _system.Terminate().Wait(TimeSpan.FromSeconds(10));
        _system.Dispose();
    }

    [Fact]
    public void Every_record_that_is_sent_or_stored_has_a_manifest_and_a_sample()
    {
        var records = from type in typeof(IWireMessage).Assembly.GetTypes()
                      where type is { IsClass: true, IsAbstract: false }
                      where typeof(IWireMessage).IsAssignableFrom(type) || typeof(IJournalEvent).IsAssignableFrom(type)
                          || typeof(IClientRequest).IsAssignableFrom(type)
                      orderby type.FullName
                      select type;

        Assert.Equal(records, Manifests.Types.Values.OrderBy(type => type.FullName));
        Assert.Equal(records, Samples.All.Select(sample => sample.GetType()).OrderBy(type => type.FullName));
    }

    [Theory]
    [MemberData(nameof(ManifestNames))]
    public void A_record_is_written_as_its_golden_file_and_read_from_it(string manifest)
    {
        var sample = SampleOf(manifest);
        var golden = File.ReadAllText(Repository.Fixture("messages", $"{manifest}.json"), Encoding.UTF8).TrimEnd('\n');

        var written = JsonSerializer.Serialize(sample, sample.GetType(), MessagesJson.Options);
        Assert.Equal(golden, written);

        var read = JsonSerializer.Deserialize(golden, sample.GetType(), MessagesJson.Options);
        Assert.Equal(golden, JsonSerializer.Serialize(read, sample.GetType(), MessagesJson.Options));
    }

    [Theory]
    [MemberData(nameof(ManifestNames))]
    public void A_record_goes_through_the_serializer_that_the_system_binds_it_to(string manifest)
    {
        var sample = SampleOf(manifest);
        if (sample is IClientRequest)
        {
            Assert.Throws<SerializationException>(() => _system.Serialization.FindSerializerFor(sample));
            return;
        }

        var serializer = Assert.IsAssignableFrom<SerializerWithStringManifest>(_system.Serialization.FindSerializerFor(sample));
        Assert.Equal(sample is IWireMessage ? 8650 : 8651, serializer.Identifier);
        Assert.Equal(manifest, serializer.Manifest(sample));

        var bytes = serializer.ToBinary(sample);
        var read = _system.Serialization.Deserialize(bytes, serializer.Identifier, manifest);
        Assert.IsType(sample.GetType(), read);
        Assert.Equal(bytes, serializer.ToBinary(read));
    }

    [Fact]
    public void A_result_with_ten_starts_and_all_that_is_known_of_them_fits_an_event()
    {
        var start = Samples.Start with
        {
            Telemetry = Samples.Start.Telemetry! with
            {
                Clocks = [.. Enumerable.Repeat(Samples.Start.Telemetry.Clocks[0], 4)],
                Temperatures = [.. Enumerable.Repeat(Samples.Start.Telemetry.Temperatures[0], 8)],
                OtherProcesses = [.. Enumerable.Repeat(Samples.Start.Telemetry.OtherProcesses[0], 5)],
                OtherContainers = [.. Enumerable.Repeat("a-container-with-a-name", 5)],
                Missing = [.. Enumerable.Repeat(new NamedFact("cpu.time-in-state", null, "the kernel has no cpufreq statistics"), 5)],
            },
        };
        var result = Samples.Result with
        {
            Starts = [.. Enumerable.Repeat(start, CellResult.MaximumStarts)],
            Fingerprint = new Fingerprint([.. Enumerable.Repeat(new NamedFact("memory.total.bytes", new string('7', 60)), 80)]),
            Verdict = Samples.Result.Verdict! with { Reasons = [.. Enumerable.Repeat(Samples.Result.Verdict.Reasons[0], 10)] },
        };

        Assert.InRange(BytesOf(result), 1, MessageLimits.MaximumResultBytes);
        Assert.InRange(BytesOf(new TaskEvents.CellMeasured(Samples.Attempt, result, Samples.At)), 1, MessageLimits.MaximumEventBytes);

        static int BytesOf<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, MessagesJson.Options).Length;
    }

    [Fact]
    public void What_may_be_null_need_not_be_there()
    {
        var none = Guid.Empty;
        object[] bare =
        [
            new FromDevice.Heartbeat(Samples.Device, none, 1, null, null),
            new ToDevice.AttemptAnswer(Samples.Attempt, ResultAnswer.Stored),
            new FromDevice.AttemptFailed(Samples.Device, Samples.Attempt, new CellFailure(FailureKind.Lost, "lost")),
            new JoinRequest(null, null, null, "1"),
            new JoinAnswer("akka.tcp://edgebench@127.0.0.1:1", "1", null),
        ];

        Assert.All(bare, record =>
        {
            var json = JsonSerializer.Serialize(record, record.GetType(), MessagesJson.Options);
            Assert.DoesNotContain("null", json, StringComparison.Ordinal);
            Assert.Equal(record, JsonSerializer.Deserialize(json, record.GetType(), MessagesJson.Options));
        });
    }

    [Fact]
    public void An_event_in_a_page_is_told_by_its_manifest()
    {
        var page = JsonSerializer.SerializeToNode(
            new NumberedEvent(1, new TaskEvents.Cancelled(Samples.At)), MessagesJson.Options)!;

        Assert.Equal("cancelled1", (string?)page["event"]!["type"]);
    }

    [Fact]
    public void A_payload_that_names_its_own_type_is_rejected()
    {
        var gadget = Encoding.UTF8.GetBytes("""{"$type":"System.IO.FileInfo, System.Private.CoreLib","fileName":"/tmp/x"}""");

        Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize(gadget, 1, typeof(object)));
    }

    [Fact]
    public void A_type_that_is_bound_to_no_serializer_is_not_sent() =>
        Assert.Throws<SerializationException>(() => _system.Serialization.FindSerializerFor(new Version(1, 2)));

    [Theory]
    [InlineData(8650, "nothing1", "{}", "'nothing1' is no manifest")]
    [InlineData(8650, "ended1", "{}", "'ended1' is no manifest")]
    [InlineData(8651, "reg1", "{}", "'reg1' is no manifest")]
    [InlineData(8650, "reg1", "{}", "not as it must be")]
    [InlineData(8650, "reg1", "junk", "not as it must be")]
    [InlineData(8650, "beatok1", "null", "is null")]
    [InlineData(8650, "call1", """{"token":"t","request":{"type":"ended1"}}""", "not as it must be")]
    [InlineData(8651, "assigned1", """{"attempt":"a/b/c","at":"2026-11-25T12:30:15Z"}""", "not as it must be")]
    public void Junk_is_refused_in_words(int serializer, string manifest, string json, string expected)
    {
        var refusal = Assert.Throws<SerializationException>(
            () => _system.Serialization.Deserialize(Encoding.UTF8.GetBytes(json), serializer, manifest));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_too_long_for_a_frame_is_not_written()
    {
        var answer = new ClientReplies.Done(new string('x', MessageLimits.MaximumMessageBytes));

        var refusal = Assert.Throws<SerializationException>(() => _system.Serialization.FindSerializerFor(answer).ToBinary(answer));
        Assert.Contains("a done1 of 100", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_property_that_this_version_does_not_know_is_passed_over()
    {
        var ack = _system.Serialization.Deserialize(
            """{"session":"6fa459ea-ee8a-3ca4-894e-db77e160355e","number":3,"incarnation":9,"future":[1]}"""u8.ToArray(), 8650, "beatok1");

        Assert.Equal(3, Assert.IsType<ToDevice.HeartbeatAck>(ack).Number);
    }

    public static TheoryData<object> RecordsWithNulls =>
    [
        new FromDevice.Heartbeat(new DeviceId(Guid.Empty), Guid.Empty, 1, Busy: null, Problem: null),
        new ToDevice.AttemptAnswer(new AttemptId(new CellId(TaskId.Of(new TaskKey("key")), 1), 1), ResultAnswer.Stored, Missing: null),
        new JoinRequest(AkkaAddress: null, Device: null, Name: null, "0.1.0"),
        new JoinAnswer("akka.tcp://edgebench@host:4053", "0.1.0", DialBack: null),
    ];

    [Theory]
    [MemberData(nameof(RecordsWithNulls), DisableDiscoveryEnumeration = true)]
    public void What_is_null_is_left_out_and_read_as_null(object record)
    {
        var written = JsonSerializer.Serialize(record, record.GetType(), MessagesJson.Options);

        Assert.DoesNotContain("null", written, StringComparison.Ordinal);
        Assert.Equal(record, JsonSerializer.Deserialize(written, record.GetType(), MessagesJson.Options));
    }

    private static object SampleOf(string manifest) => Samples.All.Single(sample => Manifests.Of(sample.GetType()) == manifest);
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Coordination;
using EdgeBench.Messages.Devices;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Measurements;
using EdgeBench.Messages.Tasks;

namespace EdgeBench.Messages.Serialization;

/// <summary>
/// The JSON of everything that crosses the wire or is stored: camelCase names, enumerations by their camelCase names, ids as strings,
/// unknown properties
/// passed over. Where a record stands for one of several, as an event in a page, its manifest comes first as <c>type</c>.
/// </summary>
public static class MessagesJson
{
    /// <summary>How to write and read it.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(MessagesJsonContext.Default.Options)
        {
            // The journal is read by people: nothing of it ever stands in HTML, which the escapes are for.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = MessagesJsonContext.Default.WithAddedModifier(NameTypesByManifest).WithAddedModifier(LetNullBeLeftOut),
        };
        options.MakeReadOnly();
        return options;
    }

    /// <summary>What may be null is not written where it is, so it need not be there to be read.</summary>
    private static void LetNullBeLeftOut(JsonTypeInfo typeInfo)
    {
        foreach (var property in typeInfo.Properties.Where(property => property.IsRequired && property.IsGetNullable))
        {
            property.IsRequired = false;
        }
    }

    /// <summary>Lets an interface of this assembly stand in JSON for any record with a manifest that implements it.</summary>
    private static void NameTypesByManifest(JsonTypeInfo typeInfo)
    {
        if (typeInfo.Type != typeof(ITaskEvent) && typeInfo.Type != typeof(IClientRequest))
        {
            return;
        }

        var polymorphism = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "type" };
        foreach (var (manifest, type) in Manifests.Types)
        {
            if (type.IsAssignableTo(typeInfo.Type))
            {
                polymorphism.DerivedTypes.Add(new JsonDerivedType(type, manifest));
            }
        }

        typeInfo.PolymorphismOptions = polymorphism;
    }
}

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ClientCall))]
[JsonSerializable(typeof(ClientReplies.Accepted))]
[JsonSerializable(typeof(ClientReplies.Planned))]
[JsonSerializable(typeof(ClientReplies.Done))]
[JsonSerializable(typeof(ClientReplies.Refused))]
[JsonSerializable(typeof(ClientReplies.EventPage))]
[JsonSerializable(typeof(ClientReplies.TaskList))]
[JsonSerializable(typeof(ClientReplies.DeviceList))]
[JsonSerializable(typeof(ClientReplies.AdminOutput))]
[JsonSerializable(typeof(ClientRequests.SubmitTask))]
[JsonSerializable(typeof(ClientRequests.PlanTask))]
[JsonSerializable(typeof(ClientRequests.CancelTask))]
[JsonSerializable(typeof(ClientRequests.EventsAfter))]
[JsonSerializable(typeof(ClientRequests.ListTasks))]
[JsonSerializable(typeof(ClientRequests.ListDevices))]
[JsonSerializable(typeof(ClientRequests.RunAdminCommand))]
[JsonSerializable(typeof(FromDevice.Register))]
[JsonSerializable(typeof(FromDevice.Heartbeat))]
[JsonSerializable(typeof(FromDevice.AttemptStarted))]
[JsonSerializable(typeof(FromDevice.AttemptProgress))]
[JsonSerializable(typeof(FromDevice.AttemptMeasured))]
[JsonSerializable(typeof(FromDevice.AttemptFailed), TypeInfoPropertyName = "FromDeviceAttemptFailed")]
[JsonSerializable(typeof(FromDevice.Leaving))]
[JsonSerializable(typeof(ToDevice.Registered))]
[JsonSerializable(typeof(ToDevice.RegistrationRefused))]
[JsonSerializable(typeof(ToDevice.HeartbeatAck))]
[JsonSerializable(typeof(ToDevice.RegisterAgain))]
[JsonSerializable(typeof(ToDevice.PrepareImages))]
[JsonSerializable(typeof(ToDevice.RunCell))]
[JsonSerializable(typeof(ToDevice.StopAttempt))]
[JsonSerializable(typeof(ToDevice.AttemptAnswer))]
[JsonSerializable(typeof(TaskEvents.Submitted))]
[JsonSerializable(typeof(TaskEvents.ModelConverted))]
[JsonSerializable(typeof(TaskEvents.ModelRefused))]
[JsonSerializable(typeof(TaskEvents.CellAssigned))]
[JsonSerializable(typeof(TaskEvents.CellStarted))]
[JsonSerializable(typeof(TaskEvents.CellMeasured))]
[JsonSerializable(typeof(TaskEvents.CellReused))]
[JsonSerializable(typeof(TaskEvents.ResultSuperseded))]
[JsonSerializable(typeof(TaskEvents.AttemptFailed), TypeInfoPropertyName = "TaskEventsAttemptFailed")]
[JsonSerializable(typeof(TaskEvents.CellFailed))]
[JsonSerializable(typeof(TaskEvents.Cancelled))]
[JsonSerializable(typeof(TaskEvents.Ended))]
[JsonSerializable(typeof(CoordinatorEvents.ServerIdentified))]
[JsonSerializable(typeof(CoordinatorEvents.TaskAccepted))]
[JsonSerializable(typeof(CoordinatorEvents.TaskClosed))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(TaskRequest))]
[JsonSerializable(typeof(RawMeasurement))]
internal sealed partial class MessagesJsonContext : JsonSerializerContext;

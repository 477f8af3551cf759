using System.Text.Json.Serialization;

namespace EdgeBench.EdgeNode.Containers;

/// <summary>What the file <c>config.json</c> of Docker's command says of registries.</summary>
internal sealed record DockerConfiguration
{
    /// <summary>What <c>docker login</c> keeps in the file itself, by the registry's host or address.</summary>
    public IReadOnlyDictionary<string, StoredCredentials> Auths { get; init => field = value ?? NoCredentials; } = NoCredentials;

    /// <summary>The credential helper of single registries, by the registry's host.</summary>
    public IReadOnlyDictionary<string, string> CredHelpers { get; init => field = value ?? NoHelpers; } = NoHelpers;

    /// <summary>The credential helper of all others.</summary>
    public string? CredsStore { get; init; }

    private static IReadOnlyDictionary<string, StoredCredentials> NoCredentials { get; } = new Dictionary<string, StoredCredentials>();

    private static IReadOnlyDictionary<string, string> NoHelpers { get; } = new Dictionary<string, string>();
}

/// <summary>The credentials of one registry; <see cref="Auth"/> is <c>USER:PASSWORD</c> in base64.</summary>
/// <remarks>No record, as the text of one would show the secret.</remarks>
internal sealed class StoredCredentials
{
    public string? Auth { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; init; }
}

/// <summary>What a credential helper answers.</summary>
/// <inheritdoc cref="StoredCredentials" path="/remarks"/>
internal sealed class HelperAnswer
{
    [JsonPropertyName("Username")]
    public string? Username { get; init; }

    [JsonPropertyName("Secret")]
    public string? Secret { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DockerConfiguration))]
[JsonSerializable(typeof(HelperAnswer))]
internal sealed partial class DockerConfigurationJson : JsonSerializerContext;

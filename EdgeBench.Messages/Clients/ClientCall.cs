using EdgeBench.Messages.Serialization;

namespace EdgeBench.Messages.Clients;

/// <summary>A client's request with the token that lets it in.</summary>
[Manifest("call1")]
public sealed record ClientCall(string Token, IClientRequest Request) : IWireMessage;

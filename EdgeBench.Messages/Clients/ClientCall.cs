namespace EdgeBench.Messages.Clients;

/// <summary>A client's request with the token that lets it in.</summary>
public sealed record ClientCall(string Token, IClientRequest Request) : IWireMessage;

namespace EdgeBench.Messages;

/// <summary>What crosses the network between nodes. Bound to the serializer of messages.</summary>
public interface IWireMessage;

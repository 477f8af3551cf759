namespace EdgeBench.Messages;

/// <summary>What is stored in a journal. Bound to the serializer of events.</summary>
public interface IJournalEvent;

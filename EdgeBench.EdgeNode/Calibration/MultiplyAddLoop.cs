namespace EdgeBench.EdgeNode.Calibration;

/// <summary>A loop of nothing but multiply-adds in registers, with enough chains beside each other to fill the pipes.</summary>
/// <param name="Name">The instruction and its width, for people.</param>
/// <param name="OperationsPerIteration">Additions and multiplications of an iteration: two for each multiply-add.</param>
/// <param name="Run">Runs so many iterations.</param>
internal sealed record MultiplyAddLoop(string Name, long OperationsPerIteration, Action<int> Run);

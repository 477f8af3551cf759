using EdgeBench.Runner.Engines.OnnxRuntime;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines;

/// <summary>The engines of this program, by the names their manifests give it.</summary>
internal static class EngineList
{
    /// <summary>The engine of that name.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.JobNotValid"/>: there is none.</exception>
    public static IEngine Find(string name) => name switch
    {
        OnnxRuntimeEngine.Name => new OnnxRuntimeEngine(),
        _ => throw new RunnerException(FailureCode.JobNotValid, $"this program has no engine {name}; it has: {OnnxRuntimeEngine.Name}"),
    };
}

using System.Diagnostics.CodeAnalysis;
using EdgeBench.Runner.Engines.LiteRt;
using EdgeBench.Runner.Engines.OnnxRuntime;
using EdgeBench.Runner.Engines.Tflite;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines;

/// <summary>
/// The engines of this program, by the names their manifests give it. An image's program has its own engine only: the switches, which the
/// project file sets when one is published (<c>RunnerEngine</c>), take the others' code out of it.
/// </summary>
internal static class EngineList
{
    private const string OnnxRuntimeSwitch = "EdgeBench.Runner.HasOnnxRuntime";
    private const string TfliteSwitch = "EdgeBench.Runner.HasTflite";
    private const string LiteRtSwitch = "EdgeBench.Runner.HasLiteRt";

    [FeatureSwitchDefinition(OnnxRuntimeSwitch)]
    private static bool HasOnnxRuntime => !AppContext.TryGetSwitch(OnnxRuntimeSwitch, out var isOn) || isOn;

    [FeatureSwitchDefinition(TfliteSwitch)]
    private static bool HasTflite => !AppContext.TryGetSwitch(TfliteSwitch, out var isOn) || isOn;

    [FeatureSwitchDefinition(LiteRtSwitch)]
    private static bool HasLiteRt => !AppContext.TryGetSwitch(LiteRtSwitch, out var isOn) || isOn;

    /// <summary>The engine of that name.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.JobNotValid"/>: there is none.</exception>
    public static IEngine Find(string name)
    {
        if (HasOnnxRuntime && name == OnnxRuntimeEngine.Name)
        {
            return new OnnxRuntimeEngine();
        }

        if (HasTflite && name == TfliteEngine.Name)
        {
            return new TfliteEngine(AppContext.BaseDirectory);
        }

        if (HasLiteRt && name == LiteRtEngine.Name)
        {
            return new LiteRtEngine(AppContext.BaseDirectory);
        }

        throw new RunnerException(
            FailureCode.JobNotValid, $"this program has no engine {name}; it has: {string.Join(", ", Names())}");
    }

    private static IEnumerable<string> Names()
    {
        if (HasOnnxRuntime)
        {
            yield return OnnxRuntimeEngine.Name;
        }

        if (HasTflite)
        {
            yield return TfliteEngine.Name;
        }

        if (HasLiteRt)
        {
            yield return LiteRtEngine.Name;
        }
    }
}

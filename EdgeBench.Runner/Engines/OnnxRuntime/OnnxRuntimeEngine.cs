using EdgeBench.Runner.Hosting;
using EdgeBench.RunnerContract;
using Microsoft.ML.OnnxRuntime;

namespace EdgeBench.Runner.Engines.OnnxRuntime;

/// <summary>ONNX Runtime with its CPU execution provider.</summary>
internal sealed class OnnxRuntimeEngine : IEngine
{
    /// <summary>The engine's name.</summary>
    public const string Name = "onnxruntime";

    private const string Spinning = "spinning";
    private const string GraphOptimization = "graphOptimization";

    /// <inheritdoc/>
    public RuntimeIdentity Identify()
    {
        // Before the library's first call: it reads the variable when it initialises, and otherwise reports its use over the network.
        if (SystemCalls.SetEnvironment("ORT_DISABLE_TELEMETRY", "1", overwrite: 1) != 0)
        {
            throw new RunnerException(
                FailureCode.RuntimeNotUsable, "the environment cannot be changed, so that ONNX Runtime's telemetry would be on");
        }

        try
        {
            return new RuntimeIdentity(Name, OrtEnv.Instance().GetVersionString());
        }
        catch (Exception problem) when (problem is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException
            or OnnxRuntimeException)
        {
            throw new RunnerException(
                FailureCode.RuntimeNotUsable,
                $"ONNX Runtime's library does not start: {(problem.InnerException ?? problem).Message}",
                problem);
        }
    }

    /// <inheritdoc/>
    public ILoadedModel Load(string file, int threads, IReadOnlyDictionary<string, string> options)
    {
        var reader = new OptionReader(options, GraphOptimization, Spinning);
        var optimization = reader.Read(GraphOptimization, "all", "extended", "basic", "disabled");
        var spinning = reader.Read(Spinning, "auto", "on", "off");
        if (spinning == "auto")
        {
            // A thread that spins on a CPU which another of them needs makes each run slower by milliseconds.
            spinning = threads == Environment.ProcessorCount ? "on" : "off";
        }

        using var session = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = optimization switch
            {
                "all" => GraphOptimizationLevel.ORT_ENABLE_ALL,
                "extended" => GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
                "basic" => GraphOptimizationLevel.ORT_ENABLE_BASIC,
                _ => GraphOptimizationLevel.ORT_DISABLE_ALL,
            },
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", spinning == "on" ? "1" : "0");
        var inForce = new Dictionary<string, string> { [GraphOptimization] = optimization, [Spinning] = spinning };
        try
        {
            return OnnxRuntimeModel.Load(file, session, inForce);
        }
        catch (OnnxRuntimeException problem)
        {
            throw new RunnerException(FailureCode.ModelNotLoaded, $"ONNX Runtime does not load the model: {problem.Message}", problem);
        }
    }
}

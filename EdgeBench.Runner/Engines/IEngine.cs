using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines;

/// <summary>A runtime, behind which its native library stands.</summary>
internal interface IEngine
{
    /// <summary>Loads the native library and asks it who it is.</summary>
    /// <exception cref="RunnerException">
    /// <see cref="FailureCode.RuntimeNotUsable"/>: there is no such library, or it does not start here.
    /// </exception>
    RuntimeIdentity Identify();

    /// <summary>Loads a model and allocates all that its runs need.</summary>
    /// <param name="file">The model file.</param>
    /// <param name="threads">How many threads one inference may use.</param>
    /// <param name="options">The job's options.</param>
    /// <exception cref="RunnerException">
    /// <see cref="FailureCode.JobNotValid"/>: an option is not known; <see cref="FailureCode.ModelNotLoaded"/>: the model is not accepted.
    /// </exception>
    ILoadedModel Load(string file, int threads, IReadOnlyDictionary<string, string> options);
}

using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines;

/// <summary>A model that is ready to run.</summary>
internal interface ILoadedModel : IDisposable
{
    /// <summary>The inputs in the model's order; every dimension is known.</summary>
    IReadOnlyList<TensorDescription> Inputs { get; }

    /// <summary>The outputs in the model's order; a dimension that only a run tells is -1.</summary>
    IReadOnlyList<TensorDescription> Outputs { get; }

    /// <summary>The options in force.</summary>
    IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>
    /// How many operators each provider or delegate of the runtime has, by its name; null where the runtime does not tell.
    /// </summary>
    IReadOnlyDictionary<string, int>? Providers => null;

    /// <summary>The one of <see cref="Providers"/> that the options in force ask for; null where they ask for none.</summary>
    string? AskedProvider => null;

    /// <summary>The bytes of an input, to be filled before the first run.</summary>
    Span<byte> Input(int index);

    /// <summary>Runs once. Allocates no managed memory.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.RunFailed"/>.</exception>
    void Run();

    /// <summary>The bytes of an output after a run, valid until the next one.</summary>
    ReadOnlySpan<byte> Output(int index);
}

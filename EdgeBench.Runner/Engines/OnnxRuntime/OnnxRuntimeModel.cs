using EdgeBench.RunnerContract;
using Microsoft.ML.OnnxRuntime;

namespace EdgeBench.Runner.Engines.OnnxRuntime;

/// <summary>A session with its inputs and outputs bound to memory that stays.</summary>
internal sealed class OnnxRuntimeModel : ILoadedModel
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _runOptions = new();
    private readonly List<OrtValue> _inputs = [];
    private readonly List<OrtValue?> _outputs = [];
    private IDisposableReadOnlyCollection<OrtValue>? _results;

    private OnnxRuntimeModel(InferenceSession session, IReadOnlyDictionary<string, string> options)
    {
        _session = session;
        _binding = session.CreateIoBinding();
        Options = options;
        Inputs = [.. session.InputNames.Select(name => TensorReader.DescribeInput(name, session.InputMetadata[name]))];
        Outputs = [.. session.OutputNames.Select(name => TensorReader.DescribeOutput(name, session.OutputMetadata[name]))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Inputs { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Outputs { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Loads a model and binds its inputs and outputs.</summary>
    /// <exception cref="OnnxRuntimeException">The model is not accepted.</exception>
    /// <exception cref="RunnerException">The model has an input or output that a runner cannot give or return.</exception>
    public static OnnxRuntimeModel Load(string file, SessionOptions sessionOptions, IReadOnlyDictionary<string, string> options)
    {
        var model = new OnnxRuntimeModel(new InferenceSession(file, sessionOptions), options);
        model.Bind();
        return model;
    }

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _inputs[index].GetTensorMutableRawData();

    /// <inheritdoc/>
    public void Run()
    {
        try
        {
            _session.RunWithBinding(_runOptions, _binding);
        }
        catch (OnnxRuntimeException problem)
        {
            throw new RunnerException(FailureCode.RunFailed, $"ONNX Runtime does not run the model: {problem.Message}", problem);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Output(int index)
    {
        if (_outputs[index] is { } bound)
        {
            return bound.GetTensorMutableRawData();
        }

        _results?.Dispose();
        _results = _binding.GetOutputValues();
        return _results.ElementAt(index).GetTensorMutableRawData();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _results?.Dispose();
        _binding.Dispose();
        foreach (var value in _inputs.Concat(_outputs))
        {
            value?.Dispose();
        }

        _runOptions.Dispose();
        _session.Dispose();
    }

    private void Bind()
    {
        foreach (var input in Inputs)
        {
            var value = Allocate(input);
            _inputs.Add(value);
            _binding.BindInput(input.Name, value);
        }

        foreach (var output in Outputs)
        {
            if (output.Shape.Contains(TensorReader.Open))
            {
                _outputs.Add(null);
                _binding.BindOutputToDevice(output.Name, OrtMemoryInfo.DefaultInstance);
            }
            else
            {
                var value = Allocate(output);
                _outputs.Add(value);
                _binding.BindOutput(output.Name, value);
            }
        }
    }

    private static OrtValue Allocate(TensorDescription tensor)
    {
        var elements = tensor.Shape.Aggregate((Int128)1, (product, size) => product * size);
        return elements * sizeof(double) <= int.MaxValue
            ? OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorReader.ToOnnx(tensor.Type), [.. tensor.Shape])
            : throw new RunnerException(
                FailureCode.ModelNotLoaded,
                $"{tensor.Name} [{string.Join(", ", tensor.Shape)}] is too large; at most 268 million elements are supported");
    }
}

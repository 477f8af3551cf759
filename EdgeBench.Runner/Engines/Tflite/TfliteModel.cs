using System.Runtime.InteropServices.Marshalling;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.Tflite;

/// <summary>An interpreter with its tensors allocated.</summary>
internal sealed unsafe class TfliteModel : ILoadedModel
{
    private const string Xnnpack = "XNNPACK";
    private const string BuiltIn = "built-in kernels";

    private readonly TfliteLibrary _library;
    private bool _hasVariables;
    private nint _model;
    private nint _delegate;
    private DelegationObserver? _observer;
    private nint _interpreter;

    private TfliteModel(TfliteLibrary library, IReadOnlyDictionary<string, string> options)
    {
        _library = library;
        Options = options;
    }

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Inputs { get; private set; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Outputs { get; private set; } = [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int>? Providers { get; private set; }

    /// <inheritdoc/>
    public string? AskedProvider => _delegate != 0 ? Xnnpack : null;

    /// <summary>Loads a model and allocates its tensors.</summary>
    /// <param name="library">The library.</param>
    /// <param name="path">The model file.</param>
    /// <param name="threads">The threads of one inference.</param>
    /// <param name="xnnpack">Whether to use the XNNPACK delegate.</param>
    /// <param name="options">The options in force.</param>
    /// <exception cref="RunnerException">
    /// <see cref="FailureCode.ModelNotLoaded"/>: the model is not accepted; <see cref="FailureCode.RuntimeNotUsable"/>: XNNPACK does not
    /// start.
    /// </exception>
    public static TfliteModel Load(
        TfliteLibrary library, string path, int threads, bool xnnpack, IReadOnlyDictionary<string, string> options)
    {
        var model = new TfliteModel(library, options);
        try
        {
            model.OpenModel(path);
            model.CreateInterpreter(threads, xnnpack);
            model.Prepare(path);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Span<byte> Input(int index) => Bytes(_library.GetInputTensor(_interpreter, index));

    /// <inheritdoc/>
    public void Run()
    {
        if ((_hasVariables && _library.ResetVariableTensors(_interpreter) != TfliteLibrary.Ok)
            || _library.Invoke(_interpreter) != TfliteLibrary.Ok)
        {
            throw new RunnerException(
                FailureCode.RunFailed, $"TensorFlow Lite {_library.Version} does not run the model: {TfliteMessages.Take()}");
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Output(int index) => Bytes(_library.GetOutputTensor(_interpreter, index));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_interpreter != 0)
        {
            _library.InterpreterDelete(_interpreter);
            _interpreter = 0;
        }

        if (_delegate != 0)
        {
            _library.XnnpackDelete(_delegate);
            _delegate = 0;
        }

        _observer?.Dispose();
        _observer = null;
        if (_model != 0)
        {
            _library.ModelDelete(_model);
            _model = 0;
        }
    }

    private void OpenModel(string path)
    {
        var text = Utf8StringMarshaller.ConvertToUnmanaged(path);
        _model = _library.ModelCreateFromFile(text);
        Utf8StringMarshaller.Free(text);
        if (_model == 0)
        {
            throw NotLoaded("the model is no valid TensorFlow Lite file (.tflite)");
        }
    }

    private void CreateInterpreter(int threads, bool xnnpack)
    {
        var options = _library.OptionsCreate();
        try
        {
            _library.OptionsSetNumThreads(options, threads);
            _library.OptionsSetErrorReporter(options, TfliteMessages.Reporter, 0);
            if (xnnpack)
            {
                var settings = XnnpackOptions.For(_library, threads);
                _delegate = _library.XnnpackCreate(&settings);
                if (_delegate == 0)
                {
                    throw new RunnerException(
                        FailureCode.RuntimeNotUsable,
                        "XNNPACK does not start on this processor (it also needs /proc/cpuinfo); the option xnnpack=off runs without it");
                }

                _library.OptionsAddDelegate(options, _delegate);
                _observer = new DelegationObserver();
                _library.OptionsAddDelegate(options, _observer.Handle);
            }

            _interpreter = _library.InterpreterCreate(_model, options);
        }
        finally
        {
            _library.OptionsDelete(options);
        }

        if (_interpreter == 0)
        {
            throw NotLoaded($"TensorFlow Lite {_library.Version} does not load the model: {WhatWasSaid()}");
        }
    }

    private void Prepare(string path)
    {
        // Now that the library has accepted it.
        using var file = TfliteFile.Open(path);
        _hasVariables = file.HasVariables;
        for (var index = 0; index < file.Inputs.Count; index++)
        {
            Resize(index, file.Inputs[index]);
        }

        if (_library.AllocateTensors(_interpreter) != TfliteLibrary.Ok)
        {
            throw NotLoaded($"TensorFlow Lite {_library.Version} does not prepare the model: {WhatWasSaid()}");
        }

        if (_observer is not null)
        {
            Providers = new Dictionary<string, int> { [Xnnpack] = _observer.Delegated, [BuiltIn] = _observer.BuiltIn };
        }

        Inputs = [.. file.Inputs.Select((tensor, index) => Describe("input", tensor, _library.GetInputTensor(_interpreter, index)))];
        Outputs = [.. file.Outputs.Select((tensor, index) => Describe("output", tensor, _library.GetOutputTensor(_interpreter, index)))];
    }

    /// <summary>Gives an input whose batch the file leaves open a batch of 1.</summary>
    private void Resize(int index, TfliteFileTensor tensor)
    {
        if (!tensor.IsOpen)
        {
            return;
        }

        var shape = tensor.ShapeOfOne();
        fixed (int* sizes = shape)
        {
            if (_library.ResizeInputTensor(_interpreter, index, sizes, shape.Length) != TfliteLibrary.Ok)
            {
                throw NotLoaded($"input {tensor.Name} cannot be given a batch of 1: {TfliteMessages.Take()}");
            }
        }
    }

    private TensorDescription Describe(string kind, TfliteFileTensor file, nint tensor)
    {
        var type = TfliteElementType.Of(_library.TensorType(tensor), $"{kind} {file.Name}");
        if (_library.TensorByteSize(tensor) > int.MaxValue)
        {
            throw NotLoaded($"{kind} {file.Name} is too large; at most 2 GB are supported");
        }

        // The elements of an output whose size depends on the values are allocated by a run.
        var isKnown = _library.TensorData(tensor) != null;
        var shape = new long[_library.TensorNumDims(tensor)];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = isKnown ? _library.TensorDim(tensor, axis) : -1;
        }

        return new TensorDescription(file.Name, type, shape);
    }

    private Span<byte> Bytes(nint tensor) => new(_library.TensorData(tensor), checked((int)_library.TensorByteSize(tensor)));

    // The library says nothing where its XNNPACK refuses a whole model.
    private string WhatWasSaid() => _delegate != 0
        ? TfliteMessages.Take(
            "XNNPACK does not take it, mostly since it has tensors of changing size; the option xnnpack=off runs without it")
        : TfliteMessages.Take();

    private static RunnerException NotLoaded(string message) => new(FailureCode.ModelNotLoaded, message);
}

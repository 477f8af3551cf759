using System.Runtime.InteropServices;
using EdgeBench.Runner.Engines.Tflite;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.LiteRt;

/// <summary>A compiled model with its buffers. Only one thread uses it: shared by several, the library computes wrongly.</summary>
internal sealed unsafe class LiteRtModel : ILoadedModel
{
    // The library wants what it is given to begin at a multiple of this.
    private const int Alignment = 64;

    // The only signature that is run: the first.
    private const nuint Signature = 0;

    private readonly LiteRtLibrary _library;
    private readonly List<LiteRtBuffer> _inputBuffers = [];
    private readonly List<LiteRtBuffer> _outputBuffers = [];

    // The buffer that holds an output after a run. Where a graph hands on an input as it is, its output's own buffer is not written.
    private readonly List<LiteRtBuffer> _results = [];
    private nint[] _inputHandles = [];
    private nint[] _outputHandles = [];
    private void* _file;
    private nint _environment;
    private nint _model;
    private nint _compiled;

    private LiteRtModel(LiteRtLibrary library, IReadOnlyDictionary<string, string> options)
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

    /// <summary>Loads a model, compiles it and allocates its buffers.</summary>
    /// <param name="library">The library.</param>
    /// <param name="path">The model file.</param>
    /// <param name="threads">The threads of one inference.</param>
    /// <param name="xnnpack">Whether XNNPACK computes what it can.</param>
    /// <param name="options">The options in force.</param>
    /// <exception cref="RunnerException">
    /// <see cref="FailureCode.ModelNotLoaded"/>: the model is not accepted; <see cref="FailureCode.RuntimeNotUsable"/>: the library does
    /// not start.
    /// </exception>
    public static LiteRtModel Load(
        LiteRtLibrary library, string path, int threads, bool xnnpack, IReadOnlyDictionary<string, string> options)
    {
        var model = new LiteRtModel(library, options);
        try
        {
            model.CreateEnvironment();
            model.Open(path);
            model.Compile(threads, xnnpack);
            model.CreateBuffers(path);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Span<byte> Input(int index) => _inputBuffers[index].Write();

    /// <inheritdoc/>
    public void Run()
    {
        Release(_inputBuffers);
        Release(_outputBuffers);
        fixed (nint* inputs = _inputHandles, outputs = _outputHandles)
        {
            Check(
                _library.RunCompiledModel(
                    _compiled, Signature, (nuint)_inputHandles.Length, inputs, (nuint)_outputHandles.Length, outputs),
                nameof(_library.RunCompiledModel), FailureCode.RunFailed);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Output(int index) => _results[index].Read();

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputBuffers.ForEach(buffer => buffer.Dispose());
        _outputBuffers.ForEach(buffer => buffer.Dispose());
        Destroy(ref _compiled, _library.DestroyCompiledModel);
        Destroy(ref _model, _library.DestroyModel);
        Destroy(ref _environment, _library.DestroyEnvironment);
        NativeMemory.AlignedFree(_file);
        _file = null;
    }

    private static void Destroy(ref nint handle, delegate* unmanaged[Cdecl]<nint, void> destroy)
    {
        if (handle != 0)
        {
            destroy(handle);
            handle = 0;
        }
    }

    private static void Release(List<LiteRtBuffer> buffers)
    {
        foreach (var buffer in buffers)
        {
            buffer.Release();
        }
    }

    private void CreateEnvironment()
    {
        var options = stackalloc EnvironmentOption[] { EnvironmentOption.CpuOnly, EnvironmentOption.Silent };
        nint environment;
        Check(_library.CreateEnvironment(2, options, &environment), nameof(_library.CreateEnvironment), FailureCode.RuntimeNotUsable);
        _environment = environment;
    }

    private void Open(string path)
    {
        using var file = File.OpenRead(path);
        var length = file.Length;
        if (length is 0 or > int.MaxValue)
        {
            throw NotLoaded(length == 0 ? "the model file is empty" : "the model file is too large; at most 2 GB are supported");
        }

        // The model goes on using it.
        _file = NativeMemory.AlignedAlloc((nuint)length, Alignment);
        file.ReadExactly(new Span<byte>(_file, (int)length));
        nint model;
        Check(
            _library.CreateModelFromBuffer(_environment, _file, (nuint)length, &model), nameof(_library.CreateModelFromBuffer),
            FailureCode.ModelNotLoaded);
        _model = model;
    }

    private void Compile(int threads, bool xnnpack)
    {
        using var options = new CompilationOptions(_library, threads, xnnpack);
        nint compiled;
        Check(
            _library.CreateCompiledModel(_environment, _model, options.Handle, &compiled), nameof(_library.CreateCompiledModel),
            FailureCode.ModelNotLoaded);
        _compiled = compiled;
    }

    private void CreateBuffers(string path)
    {
        // Now that the library has accepted it. Names are taken from where the engine of TensorFlow Lite takes them.
        using var file = TfliteFile.Open(path);
        var signature = FindSignature(file);
        var tensors = new nint[file.Inputs.Count];
        var inputDescriptions = new TensorDescription[tensors.Length];
        for (var index = 0; index < tensors.Length; index++)
        {
            tensors[index] = InputTensor(signature, index);
            inputDescriptions[index] = AddInput(file.Inputs[index], tensors[index], index);
        }

        var layouts = Layouts(file.Outputs.Count);
        var outputDescriptions = new TensorDescription[layouts.Length];
        for (var index = 0; index < layouts.Length; index++)
        {
            var tensor = OutputTensor(signature, index);
            outputDescriptions[index] = AddOutput(file.Outputs[index], tensor, layouts[index], index);
            _results.Add(Array.IndexOf(tensors, tensor) is var input and >= 0 ? _inputBuffers[input] : _outputBuffers[index]);
        }

        (Inputs, Outputs) = (inputDescriptions, outputDescriptions);
        _inputHandles = [.. _inputBuffers.Select(buffer => buffer.Handle)];
        _outputHandles = [.. _outputBuffers.Select(buffer => buffer.Handle)];
    }

    /// <summary>The signature to run, which must be that of the graph whose names and shapes the file gives.</summary>
    private nint FindSignature(TfliteFile file)
    {
        nint signature;
        Check(
            _library.GetModelSignature(_model, Signature, &signature), nameof(_library.GetModelSignature), FailureCode.ModelNotLoaded);
        nuint inputs, outputs;
        Check(
            _library.GetNumSignatureInputs(signature, &inputs), nameof(_library.GetNumSignatureInputs), FailureCode.ModelNotLoaded);
        Check(
            _library.GetNumSignatureOutputs(signature, &outputs), nameof(_library.GetNumSignatureOutputs), FailureCode.ModelNotLoaded);
        return (int)inputs == file.Inputs.Count && (int)outputs == file.Outputs.Count
            ? signature
            : throw NotLoaded(
                $"its first signature has {inputs} inputs and {outputs} outputs, its first graph {file.Inputs.Count} and "
                + $"{file.Outputs.Count}; the two must be the same");
    }

    private nint InputTensor(nint signature, int index)
    {
        nint tensor;
        Check(
            _library.GetSignatureInputTensorByIndex(signature, (nuint)index, &tensor),
            nameof(_library.GetSignatureInputTensorByIndex), FailureCode.ModelNotLoaded);
        return tensor;
    }

    private nint OutputTensor(nint signature, int index)
    {
        nint tensor;
        Check(
            _library.GetSignatureOutputTensorByIndex(signature, (nuint)index, &tensor),
            nameof(_library.GetSignatureOutputTensorByIndex), FailureCode.ModelNotLoaded);
        return tensor;
    }

    private RankedTensorType TypeOf(nint tensor)
    {
        RankedTensorType type;
        Check(_library.GetRankedTensorType(tensor, &type), nameof(_library.GetRankedTensorType), FailureCode.ModelNotLoaded);
        return type;
    }

    /// <summary>Makes the buffer of an input, after giving it a batch of 1 where the file leaves the batch open.</summary>
    private TensorDescription AddInput(TfliteFileTensor file, nint tensor, int index)
    {
        var type = TypeOf(tensor);
        var shape = file.ShapeOfOne();
        if (type.Layout.Shape.Length != shape.Length)
        {
            throw NotLoaded($"input {file.Name} has {shape.Length} dimensions; the library says {type.Layout.Shape.Length}");
        }

        shape.CopyTo(type.Layout.Shape);
        if (file.IsOpen)
        {
            fixed (int* dimensions = shape)
            {
                Check(
                    _library.CompiledModelResizeInputTensor(_compiled, Signature, (nuint)index, dimensions, (nuint)shape.Length),
                    nameof(_library.CompiledModelResizeInputTensor), FailureCode.ModelNotLoaded);
            }
        }

        nint requirements;
        Check(
            _library.GetCompiledModelInputBufferRequirements(_compiled, Signature, (nuint)index, &requirements),
            nameof(_library.GetCompiledModelInputBufferRequirements), FailureCode.ModelNotLoaded);
        return Describe($"input {file.Name}", file.Name, type, requirements, _inputBuffers);
    }

    /// <summary>The layouts of the outputs, as the shapes of the inputs make them.</summary>
    private TensorLayout[] Layouts(int outputs)
    {
        var layouts = new TensorLayout[outputs];
        fixed (TensorLayout* first = layouts)
        {
            Check(
                _library.GetCompiledModelOutputTensorLayouts(_compiled, Signature, (nuint)outputs, first, 1), nameof(_library.GetCompiledModelOutputTensorLayouts),
                FailureCode.ModelNotLoaded);
        }

        return layouts;
    }

    private TensorDescription AddOutput(TfliteFileTensor file, nint tensor, TensorLayout layout, int index)
    {
        var type = TypeOf(tensor);
        type.Layout = layout;
        if (layout.Shape.IndexOf(-1) >= 0)
        {
            throw NotLoaded($"output {file.Name} has a size that only a run tells, for which no buffer can be made; use the runtime tflite");
        }

        nint requirements;
        Check(
            _library.GetCompiledModelOutputBufferRequirements(_compiled, Signature, (nuint)index, &requirements),
            nameof(_library.GetCompiledModelOutputBufferRequirements), FailureCode.ModelNotLoaded);
        return Describe($"output {file.Name}", file.Name, type, requirements, _outputBuffers);
    }

    private TensorDescription Describe(
        string tensor, string name, RankedTensorType type, nint requirements, List<LiteRtBuffer> buffers)
    {
        var element = TfliteElementType.Of(type.ElementType, tensor);
        buffers.Add(new LiteRtBuffer(_library, _environment, type, requirements, tensor));
        var shape = new long[type.Layout.Shape.Length];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = type.Layout.Shape[axis];
        }

        return new TensorDescription(name, element, shape);
    }

    private void Check(int status, string call, FailureCode otherwise) => _library.Check(status, call, otherwise);

    private static RunnerException NotLoaded(string message) => new(FailureCode.ModelNotLoaded, message);
}

using System.Runtime.InteropServices;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.Tflite;

/// <summary>
/// TensorFlow Lite's C library (<c>tensorflow/lite/c/c_api.h</c>). The names are those of the library without their prefix.
/// </summary>
internal sealed unsafe class TfliteLibrary
{
    /// <summary>The library's file name.</summary>
    public const string FileName = "libtensorflowlite_c.so";

    /// <summary>What the library's functions return when all is well.</summary>
    public const int Ok = 0;

    private readonly nint _handle;

    private TfliteLibrary(nint handle)
    {
        _handle = handle;
        Version = Marshal.PtrToStringUTF8(((delegate* unmanaged[Cdecl]<nint>)Required("TfLiteVersion"))()) ?? "";
        ModelCreateFromFile = (delegate* unmanaged[Cdecl]<byte*, nint>)Required("TfLiteModelCreateFromFile");
        ModelDelete = (delegate* unmanaged[Cdecl]<nint, void>)Required("TfLiteModelDelete");
        OptionsCreate = (delegate* unmanaged[Cdecl]<nint>)Required("TfLiteInterpreterOptionsCreate");
        OptionsDelete = (delegate* unmanaged[Cdecl]<nint, void>)Required("TfLiteInterpreterOptionsDelete");
        OptionsSetNumThreads = (delegate* unmanaged[Cdecl]<nint, int, void>)Required("TfLiteInterpreterOptionsSetNumThreads");
        OptionsAddDelegate = (delegate* unmanaged[Cdecl]<nint, nint, void>)Required("TfLiteInterpreterOptionsAddDelegate");
        OptionsSetErrorReporter =
            (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, byte*, nint, void>, nint, void>)
            Required("TfLiteInterpreterOptionsSetErrorReporter");
        InterpreterCreate = (delegate* unmanaged[Cdecl]<nint, nint, nint>)Required("TfLiteInterpreterCreate");
        InterpreterDelete = (delegate* unmanaged[Cdecl]<nint, void>)Required("TfLiteInterpreterDelete");
        AllocateTensors = (delegate* unmanaged[Cdecl]<nint, int>)Required("TfLiteInterpreterAllocateTensors");
        ResizeInputTensor = (delegate* unmanaged[Cdecl]<nint, int, int*, int, int>)Required("TfLiteInterpreterResizeInputTensor");
        ResetVariableTensors = (delegate* unmanaged[Cdecl]<nint, int>)Required("TfLiteInterpreterResetVariableTensors");
        Invoke = (delegate* unmanaged[Cdecl]<nint, int>)Required("TfLiteInterpreterInvoke");
        GetInputTensorCount = (delegate* unmanaged[Cdecl]<nint, int>)Required("TfLiteInterpreterGetInputTensorCount");
        GetInputTensor = (delegate* unmanaged[Cdecl]<nint, int, nint>)Required("TfLiteInterpreterGetInputTensor");
        GetOutputTensorCount = (delegate* unmanaged[Cdecl]<nint, int>)Required("TfLiteInterpreterGetOutputTensorCount");
        GetOutputTensor = (delegate* unmanaged[Cdecl]<nint, int, nint>)Required("TfLiteInterpreterGetOutputTensor");
        TensorType = (delegate* unmanaged[Cdecl]<nint, int>)Required("TfLiteTensorType");
        TensorNumDims = (delegate* unmanaged[Cdecl]<nint, int>)Required("TfLiteTensorNumDims");
        TensorDim = (delegate* unmanaged[Cdecl]<nint, int, int>)Required("TfLiteTensorDim");
        TensorByteSize = (delegate* unmanaged[Cdecl]<nint, nuint>)Required("TfLiteTensorByteSize");
        TensorData = (delegate* unmanaged[Cdecl]<nint, byte*>)Required("TfLiteTensorData");
        TensorName = (delegate* unmanaged[Cdecl]<nint, nint>)Required("TfLiteTensorName");

        // Of these three a library has all, or was built without XNNPACK.
        XnnpackOptionsDefault = (delegate* unmanaged[Cdecl]<XnnpackOptions>)Optional("TfLiteXNNPackDelegateOptionsDefault");
        XnnpackCreate = (delegate* unmanaged[Cdecl]<XnnpackOptions*, nint>)Optional("TfLiteXNNPackDelegateCreate");
        XnnpackDelete = (delegate* unmanaged[Cdecl]<nint, void>)Optional("TfLiteXNNPackDelegateDelete");
    }

    /// <summary>The version that the library says it has.</summary>
    public string Version { get; }

    /// <summary>Whether the library has the XNNPACK delegate.</summary>
    public bool HasXnnpack => XnnpackOptionsDefault != null && XnnpackCreate != null && XnnpackDelete != null;

    /// <summary>Maps a model file; 0 where it is none.</summary>
    public delegate* unmanaged[Cdecl]<byte*, nint> ModelCreateFromFile { get; }

    /// <summary>Frees a model.</summary>
    public delegate* unmanaged[Cdecl]<nint, void> ModelDelete { get; }

    /// <summary>Makes the options of an interpreter.</summary>
    public delegate* unmanaged[Cdecl]<nint> OptionsCreate { get; }

    /// <summary>Frees options.</summary>
    public delegate* unmanaged[Cdecl]<nint, void> OptionsDelete { get; }

    /// <summary>Sets the number of threads of the built-in kernels.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, void> OptionsSetNumThreads { get; }

    /// <summary>Adds a delegate.</summary>
    public delegate* unmanaged[Cdecl]<nint, nint, void> OptionsAddDelegate { get; }

    /// <summary>Sets who is told of errors: a function of user data, a format of printf and a va_list.</summary>
    public delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, byte*, nint, void>, nint, void> OptionsSetErrorReporter
    {
        get;
    }

    /// <summary>Makes an interpreter of a model and options; 0 on failure.</summary>
    public delegate* unmanaged[Cdecl]<nint, nint, nint> InterpreterCreate { get; }

    /// <summary>Frees an interpreter.</summary>
    public delegate* unmanaged[Cdecl]<nint, void> InterpreterDelete { get; }

    /// <summary>Allocates all tensors whose sizes are known.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> AllocateTensors { get; }

    /// <summary>Gives an input another shape.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, int*, int, int> ResizeInputTensor { get; }

    /// <summary>Sets all variables to zero.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> ResetVariableTensors { get; }

    /// <summary>Runs the model.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> Invoke { get; }

    /// <summary>The number of inputs.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> GetInputTensorCount { get; }

    /// <summary>An input.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, nint> GetInputTensor { get; }

    /// <summary>The number of outputs.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> GetOutputTensorCount { get; }

    /// <summary>An output.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, nint> GetOutputTensor { get; }

    /// <summary>The type of a tensor's elements.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> TensorType { get; }

    /// <summary>The number of a tensor's dimensions.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> TensorNumDims { get; }

    /// <summary>A dimension of a tensor.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, int> TensorDim { get; }

    /// <summary>The size of a tensor in bytes.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint> TensorByteSize { get; }

    /// <summary>A tensor's elements; null where only a run allocates them.</summary>
    public delegate* unmanaged[Cdecl]<nint, byte*> TensorData { get; }

    /// <summary>A tensor's name.</summary>
    public delegate* unmanaged[Cdecl]<nint, nint> TensorName { get; }

    /// <summary>The default options of XNNPACK; see <see cref="XnnpackOptions"/> for which versions it may be called.</summary>
    public delegate* unmanaged[Cdecl]<XnnpackOptions> XnnpackOptionsDefault { get; }

    /// <summary>Makes the XNNPACK delegate; 0 where this processor cannot run it.</summary>
    public delegate* unmanaged[Cdecl]<XnnpackOptions*, nint> XnnpackCreate { get; }

    /// <summary>Frees the XNNPACK delegate, after the interpreter.</summary>
    public delegate* unmanaged[Cdecl]<nint, void> XnnpackDelete { get; }

    /// <summary>Loads the library from a folder.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.RuntimeNotUsable"/>.</exception>
    public static TfliteLibrary Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return new TfliteLibrary(NativeLibrary.Load(path));
        }
        catch (Exception problem) when (problem is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new RunnerException(
                FailureCode.RuntimeNotUsable, $"TensorFlow Lite's library {path} does not start: {problem.Message}", problem);
        }
    }

    private nint Required(string name) => NativeLibrary.GetExport(_handle, name);

    private nint Optional(string name) => NativeLibrary.TryGetExport(_handle, name, out var address) ? address : 0;
}

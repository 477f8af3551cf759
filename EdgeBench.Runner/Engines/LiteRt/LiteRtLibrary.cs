using System.Runtime.InteropServices;
using EdgeBench.Runner.Lines;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.LiteRt;

/// <summary>
/// LiteRT's C library (<c>litert/c/*.h</c>). The functions are named as in the library without their prefix, and return 0, or a
/// <see cref="LiteRtStatus"/>, where they return anything.
/// </summary>
internal sealed unsafe class LiteRtLibrary
{
    /// <summary>The library's file name.</summary>
    public const string FileName = "libLiteRt.so";

    // No function tells the version. Known are the libraries of the PyPI package, first for x64, then for arm64.
    internal static IReadOnlyDictionary<string, string> Versions { get; } = new Dictionary<string, string>
    {
        ["eec47eb35e2924b3166015887e652a58edc9af823ae38e02bf83bef2548300bb"] = "2.3.0",
        ["b57687dc234d2b8b0598aef5a9c961ed24263df8f8b3f56adbee1cff618e544b"] = "2.3.0",
    };

    private readonly nint _handle;

    private LiteRtLibrary(nint handle, string hash)
    {
        _handle = handle;
        Version = Versions.GetValueOrDefault(hash, $"sha256-{hash[..12]}");
        CreateEnvironment = (delegate* unmanaged[Cdecl]<int, EnvironmentOption*, nint*, int>)Address("CreateEnvironment");
        DestroyEnvironment = (delegate* unmanaged[Cdecl]<nint, void>)Address("DestroyEnvironment");
        CreateModelFromBuffer = (delegate* unmanaged[Cdecl]<nint, void*, nuint, nint*, int>)Address("CreateModelFromBuffer");
        DestroyModel = (delegate* unmanaged[Cdecl]<nint, void>)Address("DestroyModel");
        CreateOptions = (delegate* unmanaged[Cdecl]<nint*, int>)Address("CreateOptions");
        DestroyOptions = (delegate* unmanaged[Cdecl]<nint, void>)Address("DestroyOptions");
        SetOptionsHardwareAccelerators = (delegate* unmanaged[Cdecl]<nint, int, int>)Address("SetOptionsHardwareAccelerators");
        CreateOpaqueOptions =
            (delegate* unmanaged[Cdecl]<byte*, void*, delegate* unmanaged[Cdecl]<void*, void>, nint*, int>)Address("CreateOpaqueOptions");
        AddOpaqueOptions = (delegate* unmanaged[Cdecl]<nint, nint, int>)Address("AddOpaqueOptions");
        CreateCompiledModel = (delegate* unmanaged[Cdecl]<nint, nint, nint, nint*, int>)Address("CreateCompiledModel");
        DestroyCompiledModel = (delegate* unmanaged[Cdecl]<nint, void>)Address("DestroyCompiledModel");
        GetModelSignature = (delegate* unmanaged[Cdecl]<nint, nuint, nint*, int>)Address("GetModelSignature");
        GetNumSignatureInputs = (delegate* unmanaged[Cdecl]<nint, nuint*, int>)Address("GetNumSignatureInputs");
        GetNumSignatureOutputs = (delegate* unmanaged[Cdecl]<nint, nuint*, int>)Address("GetNumSignatureOutputs");
        GetSignatureInputTensorByIndex =
            (delegate* unmanaged[Cdecl]<nint, nuint, nint*, int>)Address("GetSignatureInputTensorByIndex");
        GetSignatureOutputTensorByIndex =
            (delegate* unmanaged[Cdecl]<nint, nuint, nint*, int>)Address("GetSignatureOutputTensorByIndex");
        GetRankedTensorType = (delegate* unmanaged[Cdecl]<nint, RankedTensorType*, int>)Address("GetRankedTensorType");
        CompiledModelResizeInputTensor =
            (delegate* unmanaged[Cdecl]<nint, nuint, nuint, int*, nuint, int>)Address("CompiledModelResizeInputTensor");
        GetCompiledModelOutputTensorLayouts = (delegate* unmanaged[Cdecl]<nint, nuint, nuint, TensorLayout*, byte, int>)
            Address("GetCompiledModelOutputTensorLayouts");
        GetCompiledModelInputBufferRequirements =
            (delegate* unmanaged[Cdecl]<nint, nuint, nuint, nint*, int>)Address("GetCompiledModelInputBufferRequirements");
        GetCompiledModelOutputBufferRequirements =
            (delegate* unmanaged[Cdecl]<nint, nuint, nuint, nint*, int>)Address("GetCompiledModelOutputBufferRequirements");
        CreateManagedTensorBufferFromRequirements = (delegate* unmanaged[Cdecl]<nint, RankedTensorType*, nint, nint*, int>)
            Address("CreateManagedTensorBufferFromRequirements");
        GetTensorBufferPackedSize = (delegate* unmanaged[Cdecl]<nint, nuint*, int>)Address("GetTensorBufferPackedSize");
        LockTensorBuffer = (delegate* unmanaged[Cdecl]<nint, void**, int, int>)Address("LockTensorBuffer");
        UnlockTensorBuffer = (delegate* unmanaged[Cdecl]<nint, int>)Address("UnlockTensorBuffer");
        DestroyTensorBuffer = (delegate* unmanaged[Cdecl]<nint, void>)Address("DestroyTensorBuffer");
        RunCompiledModel = (delegate* unmanaged[Cdecl]<nint, nuint, nuint, nint*, nuint, nint*, int>)Address("RunCompiledModel");
    }

    /// <summary>The version of a library of the PyPI package, which is known by its hash; else the beginning of its SHA-256.</summary>
    public string Version { get; }

    /// <summary>Makes an environment with options.</summary>
    public delegate* unmanaged[Cdecl]<int, EnvironmentOption*, nint*, int> CreateEnvironment { get; }

    /// <summary>Frees an environment, after all else.</summary>
    public delegate* unmanaged[Cdecl]<nint, void> DestroyEnvironment { get; }

    /// <summary>
    /// Makes a model of the bytes of a file, which it verifies and goes on using. (The form that takes a file's name falls over one that
    /// was cut off.)
    /// </summary>
    public delegate* unmanaged[Cdecl]<nint, void*, nuint, nint*, int> CreateModelFromBuffer { get; }

    /// <summary>Frees a model.</summary>
    public delegate* unmanaged[Cdecl]<nint, void> DestroyModel { get; }

    /// <summary>Makes the options of a compilation.</summary>
    public delegate* unmanaged[Cdecl]<nint*, int> CreateOptions { get; }

    /// <summary>Frees options with all that was added to them.</summary>
    public delegate* unmanaged[Cdecl]<nint, void> DestroyOptions { get; }

    /// <summary>Says what may compute, as a set of bits: 1 is the processor.</summary>
    public delegate* unmanaged[Cdecl]<nint, int, int> SetOptionsHardwareAccelerators { get; }

    /// <summary>Makes options of a part of the library, by its key: a text, and what frees it; neither may be null.</summary>
    public delegate* unmanaged[Cdecl]<byte*, void*, delegate* unmanaged[Cdecl]<void*, void>, nint*, int> CreateOpaqueOptions { get; }

    /// <summary>Adds the options of a part; they belong to the options from then on.</summary>
    public delegate* unmanaged[Cdecl]<nint, nint, int> AddOpaqueOptions { get; }

    /// <summary>Makes a model ready to run: of an environment, a model and options. One thread at a time may run it.</summary>
    public delegate* unmanaged[Cdecl]<nint, nint, nint, nint*, int> CreateCompiledModel { get; }

    /// <summary>Frees a compiled model.</summary>
    public delegate* unmanaged[Cdecl]<nint, void> DestroyCompiledModel { get; }

    /// <summary>A signature of a model by its number; a file without one has one all the same. It belongs to the model.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint, nint*, int> GetModelSignature { get; }

    /// <summary>The number of a signature's inputs.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint*, int> GetNumSignatureInputs { get; }

    /// <summary>The number of a signature's outputs.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint*, int> GetNumSignatureOutputs { get; }

    /// <summary>The tensor of an input, in the order that the graph has them in. It belongs to the model.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint, nint*, int> GetSignatureInputTensorByIndex { get; }

    /// <summary>The tensor of an output.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint, nint*, int> GetSignatureOutputTensorByIndex { get; }

    /// <summary>The type of a tensor.</summary>
    public delegate* unmanaged[Cdecl]<nint, RankedTensorType*, int> GetRankedTensorType { get; }

    /// <summary>Gives an input of a compiled model another shape: signature, input, dimensions and their number.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint, nuint, int*, nuint, int> CompiledModelResizeInputTensor { get; }

    /// <summary>The layouts of all outputs of a signature, as the shapes of the inputs make them (the last argument is then 1).</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint, nuint, TensorLayout*, byte, int> GetCompiledModelOutputTensorLayouts { get; }

    /// <summary>What an input's buffer must be: signature, input. It belongs to the compiled model.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint, nuint, nint*, int> GetCompiledModelInputBufferRequirements { get; }

    /// <summary>What an output's buffer must be: signature, output. It belongs to the compiled model.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint, nuint, nint*, int> GetCompiledModelOutputBufferRequirements { get; }

    /// <summary>Makes a buffer by what it must be.</summary>
    public delegate* unmanaged[Cdecl]<nint, RankedTensorType*, nint, nint*, int> CreateManagedTensorBufferFromRequirements { get; }

    /// <summary>The bytes of a buffer's elements.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint*, int> GetTensorBufferPackedSize { get; }

    /// <summary>Gives the elements of a buffer to the caller: to read (0) or to write (1).</summary>
    public delegate* unmanaged[Cdecl]<nint, void**, int, int> LockTensorBuffer { get; }

    /// <summary>Takes them back.</summary>
    public delegate* unmanaged[Cdecl]<nint, int> UnlockTensorBuffer { get; }

    /// <summary>Frees a buffer.</summary>
    public delegate* unmanaged[Cdecl]<nint, void> DestroyTensorBuffer { get; }

    /// <summary>Runs a compiled model to its end: signature, number of inputs, their buffers, number of outputs, their buffers.</summary>
    public delegate* unmanaged[Cdecl]<nint, nuint, nuint, nint*, nuint, nint*, int> RunCompiledModel { get; }

    /// <summary>Loads the library from a folder.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.RuntimeNotUsable"/>.</exception>
    public static LiteRtLibrary Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return new LiteRtLibrary(NativeLibrary.Load(path), Hash(path));
        }
        catch (Exception problem) when (problem is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new RunnerException(FailureCode.RuntimeNotUsable, $"LiteRT's library {path} does not start: {problem.Message}", problem);
        }
    }

    /// <summary>Sees that a call ended well.</summary>
    /// <param name="status">What it returned.</param>
    /// <param name="call">The function's name without its prefix.</param>
    /// <param name="otherwise">What kind of failure it is where it did not.</param>
    /// <exception cref="RunnerException">It did not; the message names the call and its status.</exception>
    public void Check(int status, string call, FailureCode otherwise)
    {
        if (status != LiteRtStatus.Ok)
        {
            throw new RunnerException(
                otherwise,
                $"LiteRT {Version}: LiteRt{call} ended with {LiteRtStatus.Describe(status)}; "
                + "where the library says why, that is on the standard error");
        }
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        var hash = new Sha256();
        var buffer = new byte[64 * 1024];
        for (int count; (count = file.Read(buffer)) > 0;)
        {
            hash.Append(buffer.AsSpan(0, count));
        }

        return hash.Finish();
    }

    private nint Address(string name) => NativeLibrary.GetExport(_handle, "LiteRt" + name);
}

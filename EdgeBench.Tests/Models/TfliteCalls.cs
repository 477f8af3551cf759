using System.Runtime.InteropServices;
using static EdgeBench.Tests.Models.TfliteLibrary;

namespace EdgeBench.Tests.Models;

/// <summary>Those functions of TFLite's C library that are called.</summary>
internal static class TfliteCalls
{
    public delegate nint NoneToHandle();

    public delegate nint HandleToHandle(nint handle);

    public delegate nint HandlesToHandle(nint first, nint second);

    public delegate nint IndexToHandle(nint handle, int index);

    public delegate nint BytesToHandle(nint bytes, nuint size);

    public delegate void HandleToNone(nint handle);

    public delegate void HandlesToNone(nint first, nint second);

    public delegate void NumberToNone(nint handle, int number);

    public delegate int HandleToStatus(nint handle);

    public delegate int IndexToStatus(nint handle, int index);

    public delegate nuint HandleToSize(nint handle);

    public delegate int ShapeToStatus(nint handle, int index, int[] shape, int rank);

    public delegate int BytesToStatus(nint handle, [In, Out] byte[] values, nuint bytes);

    public static BytesToHandle ModelCreate { get; } = Export<BytesToHandle>("TfLiteModelCreate");

    public static HandleToNone ModelDelete { get; } = Export<HandleToNone>("TfLiteModelDelete");

    public static NoneToHandle OptionsCreate { get; } = Export<NoneToHandle>("TfLiteInterpreterOptionsCreate");

    public static NumberToNone OptionsSetNumThreads { get; } = Export<NumberToNone>("TfLiteInterpreterOptionsSetNumThreads");

    public static HandlesToNone OptionsAddDelegate { get; } = Export<HandlesToNone>("TfLiteInterpreterOptionsAddDelegate");

    public static HandleToNone OptionsDelete { get; } = Export<HandleToNone>("TfLiteInterpreterOptionsDelete");

    public static HandleToHandle XnnpackCreate { get; } = Export<HandleToHandle>("TfLiteXNNPackDelegateCreate");

    public static HandleToNone XnnpackDelete { get; } = Export<HandleToNone>("TfLiteXNNPackDelegateDelete");

    public static HandlesToHandle InterpreterCreate { get; } = Export<HandlesToHandle>("TfLiteInterpreterCreate");

    public static HandleToNone InterpreterDelete { get; } = Export<HandleToNone>("TfLiteInterpreterDelete");

    public static HandleToStatus AllocateTensors { get; } = Export<HandleToStatus>("TfLiteInterpreterAllocateTensors");

    public static HandleToStatus ResetVariableTensors { get; } = Export<HandleToStatus>("TfLiteInterpreterResetVariableTensors");

    public static HandleToStatus Invoke { get; } = Export<HandleToStatus>("TfLiteInterpreterInvoke");

    public static HandleToStatus InputCount { get; } = Export<HandleToStatus>("TfLiteInterpreterGetInputTensorCount");

    public static HandleToStatus OutputCount { get; } = Export<HandleToStatus>("TfLiteInterpreterGetOutputTensorCount");

    public static IndexToHandle Input { get; } = Export<IndexToHandle>("TfLiteInterpreterGetInputTensor");

    public static IndexToHandle Output { get; } = Export<IndexToHandle>("TfLiteInterpreterGetOutputTensor");

    public static ShapeToStatus ResizeInput { get; } = Export<ShapeToStatus>("TfLiteInterpreterResizeInputTensor");

    public static HandleToSize ByteSize { get; } = Export<HandleToSize>("TfLiteTensorByteSize");

    public static HandleToStatus Type { get; } = Export<HandleToStatus>("TfLiteTensorType");

    public static HandleToStatus NumDims { get; } = Export<HandleToStatus>("TfLiteTensorNumDims");

    public static IndexToStatus Dim { get; } = Export<IndexToStatus>("TfLiteTensorDim");

    public static BytesToStatus CopyFrom { get; } = Export<BytesToStatus>("TfLiteTensorCopyFromBuffer");

    public static BytesToStatus CopyTo { get; } = Export<BytesToStatus>("TfLiteTensorCopyToBuffer");
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EdgeBench.Runner.Engines.Tflite;

/// <summary>
/// Tells how many operators of a model a delegate took. It is a delegate itself, which is asked after the other one: it takes nothing, and
/// counts what it is shown (<c>tensorflow/lite/c/common.h</c>). The library has no function that tells it.
/// </summary>
internal sealed unsafe class DelegationObserver : IDisposable
{
    private Observer* _observer = Allocate();

    /// <summary>To be added to an interpreter's options, behind the delegate to be observed.</summary>
    public nint Handle => (nint)_observer;

    /// <summary>Operators that a delegate runs.</summary>
    public int Delegated => _observer->Delegated;

    /// <summary>Operators that the library's own kernels run.</summary>
    public int BuiltIn => _observer->BuiltIn;

    /// <summary>To be called after the interpreter is gone.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_observer);
        _observer = null;
    }

    private static Observer* Allocate()
    {
        var observer = (Observer*)NativeMemory.AllocZeroed((nuint)sizeof(Observer));
        observer->Prepare = &Count;
        observer->Flags = Observer.AllowsDynamicTensors;
        return observer;
    }

    // The library calls it again whenever it applies its delegates anew.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Count(Context* context, Observer* observer)
    {
        (observer->Delegated, observer->BuiltIn) = (0, 0);
        IntArray* plan;
        if (context->GetExecutionPlan(context, &plan) is var failed and not TfliteLibrary.Ok)
        {
            return failed;
        }

        foreach (var index in new ReadOnlySpan<int>(&plan->First, plan->Count))
        {
            Node* node;
            nint registration;
            failed = context->GetNodeAndRegistration(context, index, &node, &registration);
            if (failed != TfliteLibrary.Ok)
            {
                return failed;
            }

            if (node->Delegate != 0)
            {
                observer->Delegated += node->Parameters->Replaced->Count;
            }
            else
            {
                observer->BuiltIn++;
            }
        }

        return TfliteLibrary.Ok;
    }

    /// <summary><c>TfLiteDelegate</c>, which newer versions continue, and behind it what was counted.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 264)]
    private struct Observer
    {
        /// <summary>A graph whose tensors change their sizes is shown as well.</summary>
        public const long AllowsDynamicTensors = 1;

        [FieldOffset(8)]
        public delegate* unmanaged[Cdecl]<Context*, Observer*, int> Prepare;

        [FieldOffset(40)]
        public long Flags;

        [FieldOffset(256)]
        public int Delegated;

        [FieldOffset(260)]
        public int BuiltIn;
    }

    /// <summary>The beginning of <c>TfLiteContext</c>.</summary>
    [StructLayout(LayoutKind.Explicit)]
    private struct Context
    {
        [FieldOffset(8)]
        public delegate* unmanaged[Cdecl]<Context*, IntArray**, int> GetExecutionPlan;

        [FieldOffset(56)]
        public delegate* unmanaged[Cdecl]<Context*, int, Node**, nint*, int> GetNodeAndRegistration;
    }

    /// <summary>The beginning of <c>TfLiteNode</c>.</summary>
    [StructLayout(LayoutKind.Explicit)]
    private struct Node
    {
        /// <summary>Of a node that stands for delegated ones; otherwise the options of the operator.</summary>
        [FieldOffset(40)]
        public DelegateParameters* Parameters;

        [FieldOffset(64)]
        public nint Delegate;
    }

    /// <summary>The beginning of <c>TfLiteDelegateParams</c>.</summary>
    [StructLayout(LayoutKind.Explicit)]
    private struct DelegateParameters
    {
        [FieldOffset(8)]
        public IntArray* Replaced;
    }

    /// <summary><c>TfLiteIntArray</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IntArray
    {
        public int Count;
        public int First;
    }
}

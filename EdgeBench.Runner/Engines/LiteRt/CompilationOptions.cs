using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.LiteRt;

/// <summary>The options of a compilation: the processor alone, and how it computes.</summary>
internal sealed unsafe class CompilationOptions : IDisposable
{
    private const int Processor = 1;

    // XNNPACK reads its text under the first key, the kernels of the interpreter read theirs under the second: without it they have one
    // thread whatever the first says.
    private static readonly string[] Keys = ["xnnpack", "cpu_delegate"];

    private readonly LiteRtLibrary _library;

    /// <summary>Makes the options.</summary>
    /// <param name="library">The library.</param>
    /// <param name="threads">The threads of one inference.</param>
    /// <param name="xnnpack">Whether XNNPACK computes what it can.</param>
    /// <exception cref="RunnerException"><see cref="FailureCode.RuntimeNotUsable"/>.</exception>
    public CompilationOptions(LiteRtLibrary library, int threads, bool xnnpack)
    {
        _library = library;
        nint handle;
        library.Check(library.CreateOptions(&handle), nameof(library.CreateOptions), FailureCode.RuntimeNotUsable);
        Handle = handle;
        try
        {
            library.Check(
                library.SetOptionsHardwareAccelerators(handle, Processor), nameof(library.SetOptionsHardwareAccelerators),
                FailureCode.RuntimeNotUsable);
            foreach (var key in Keys)
            {
                Add(key, $"num_threads = {threads}\nkernel_mode = \"{(xnnpack ? "delegate" : "builtin")}\"\n");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The options, as the library knows them.</summary>
    public nint Handle { get; }

    /// <inheritdoc/>
    public void Dispose() => _library.DestroyOptions(Handle);

    private void Add(string key, string text)
    {
        nint options;
        fixed (byte* name = Encoding.UTF8.GetBytes(key + '\0'))
        {
            _library.Check(
                _library.CreateOpaqueOptions(name, Native(text), &Free, &options), nameof(_library.CreateOpaqueOptions),
                FailureCode.RuntimeNotUsable);
        }

        _library.Check(
            _library.AddOpaqueOptions(Handle, options), nameof(_library.AddOpaqueOptions), FailureCode.RuntimeNotUsable);
    }

    private static void* Native(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text + '\0');
        var copy = NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return copy;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(void* text) => NativeMemory.Free(text);
}

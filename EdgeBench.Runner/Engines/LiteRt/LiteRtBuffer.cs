using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.LiteRt;

/// <summary>The buffer of an input or output. Its elements are the caller's from the moment they are asked for until the next run.</summary>
internal sealed unsafe class LiteRtBuffer : IDisposable
{
    private const int ToRead = 0;
    private const int ToWrite = 1;

    private readonly LiteRtLibrary _library;
    private readonly int _size;
    private nint _handle;
    private void* _locked;

    /// <summary>Makes a buffer.</summary>
    /// <param name="library">The library.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="type">The type of the tensor; every dimension is known.</param>
    /// <param name="requirements">What the compiled model wants the buffer to be.</param>
    /// <param name="tensor">The tensor, for a message.</param>
    /// <exception cref="RunnerException"><see cref="FailureCode.ModelNotLoaded"/>.</exception>
    public LiteRtBuffer(LiteRtLibrary library, nint environment, RankedTensorType type, nint requirements, string tensor)
    {
        _library = library;
        nint handle;
        library.Check(
            library.CreateManagedTensorBufferFromRequirements(environment, &type, requirements, &handle),
            nameof(library.CreateManagedTensorBufferFromRequirements), FailureCode.ModelNotLoaded);
        _handle = handle;
        try
        {
            _size = SizeOf(handle, tensor);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The buffer, as the library knows it.</summary>
    public nint Handle => _handle;

    /// <summary>The elements, to be written.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.RunFailed"/>.</exception>
    public Span<byte> Write() => Lock(ToWrite);

    /// <summary>The elements, to be read.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.RunFailed"/>.</exception>
    public ReadOnlySpan<byte> Read() => Lock(ToRead);

    /// <summary>Gives the elements back to the library, as a run wants them. Does nothing where they were not asked for.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.RunFailed"/>.</exception>
    public void Release()
    {
        if (_locked != null)
        {
            _locked = null;
            _library.Check(_library.UnlockTensorBuffer(_handle), nameof(_library.UnlockTensorBuffer), FailureCode.RunFailed);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle != 0)
        {
            if (_locked != null)
            {
                // There is nothing to be done any more where that fails.
                _library.UnlockTensorBuffer(_handle);
                _locked = null;
            }

            _library.DestroyTensorBuffer(_handle);
            _handle = 0;
        }
    }

    private int SizeOf(nint handle, string tensor)
    {
        nuint size;
        _library.Check(
            _library.GetTensorBufferPackedSize(handle, &size), nameof(_library.GetTensorBufferPackedSize), FailureCode.ModelNotLoaded);
        return size <= int.MaxValue
            ? (int)size
            : throw new RunnerException(FailureCode.ModelNotLoaded, $"{tensor} is too large; at most 2 GB are supported");
    }

    private Span<byte> Lock(int mode)
    {
        Release();
        void* elements;
        _library.Check(
            _library.LockTensorBuffer(_handle, &elements, mode), nameof(_library.LockTensorBuffer), FailureCode.RunFailed);
        _locked = elements;
        return new Span<byte>(elements, _size);
    }
}

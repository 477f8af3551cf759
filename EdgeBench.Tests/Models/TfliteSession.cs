using System.Runtime.InteropServices;

namespace EdgeBench.Tests.Models;

/// <summary>How TFLite computes.</summary>
internal enum TfliteKernels
{
    BuiltIn,
    Xnnpack,
}

/// <summary>Runs a TFLite file in TFLite 2.9.0, one sample after the other.</summary>
internal sealed class TfliteSession : IDisposable
{
    private readonly GCHandle _bytes;
    private readonly nint _model;
    private readonly nint _options;
    private readonly nint _delegate;
    private readonly nint _interpreter;

    /// <param name="model">The file's bytes.</param>
    /// <param name="kernels">TFLite's own, or those of XNNPACK where it has some.</param>
    /// <param name="batch">Number of samples at once.</param>
    public TfliteSession(byte[] model, TfliteKernels kernels, int batch = 1)
    {
        // It reads where the bytes lie, whenever it likes.
        _bytes = GCHandle.Alloc(model, GCHandleType.Pinned);
        _model = TfliteCalls.ModelCreate(_bytes.AddrOfPinnedObject(), (nuint)model.Length);
        Assert.True(_model != 0, "TFLite does not take the file");
        _options = TfliteCalls.OptionsCreate();
        TfliteCalls.OptionsSetNumThreads(_options, 1);
        if (kernels == TfliteKernels.Xnnpack)
        {
            using var settings = new Zeroed();
            Marshal.WriteInt32(settings.Address, 1);
            _delegate = TfliteCalls.XnnpackCreate(settings.Address);
            TfliteCalls.OptionsAddDelegate(_options, _delegate);
        }

        _interpreter = TfliteCalls.InterpreterCreate(_model, _options);
        Assert.True(_interpreter != 0, $"TFLite ({kernels}) refuses the file");
        for (var i = 0; batch > 1 && i < TfliteCalls.InputCount(_interpreter); i++)
        {
            var tensor = TfliteCalls.Input(_interpreter, i);
            int[] shape = [batch, .. Enumerable.Range(1, TfliteCalls.NumDims(tensor) - 1).Select(axis => TfliteCalls.Dim(tensor, axis))];
            Assert.Equal(0, TfliteCalls.ResizeInput(_interpreter, i, shape, shape.Length));
        }

        Assert.Equal(0, TfliteCalls.AllocateTensors(_interpreter));
    }

    /// <summary>One array per output, the samples one behind the other.</summary>
    /// <param name="inputs">Per input of the model, in its order: shape with the batch, and the values of all samples.</param>
    public float[][] Run(params (int[] Shape, float[] Values)[] inputs)
    {
        Assert.Equal(inputs.Length, TfliteCalls.InputCount(_interpreter));
        var outputs = Enumerable.Range(0, TfliteCalls.OutputCount(_interpreter)).Select(_ => new List<float>()).ToList();
        var first = TfliteCalls.Input(_interpreter, 0);
        var given = (int)TfliteCalls.ByteSize(first) / TensorElements.Write(NameOf(first), [0]).Length;
        for (var start = 0; start < inputs[0].Values.Length; start += given)
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                var tensor = TfliteCalls.Input(_interpreter, i);
                var size = inputs[i].Values.Length / (inputs[0].Values.Length / given);
                var sample = TensorElements.Write(NameOf(tensor), inputs[i].Values.AsSpan(start / given * size, size));
                Assert.Equal(0, TfliteCalls.CopyFrom(tensor, sample, (nuint)sample.Length));
            }

            // The states of recurrent layers are variables, which a run leaves as they are at its end.
            Assert.Equal(0, TfliteCalls.ResetVariableTensors(_interpreter));
            Assert.Equal(0, TfliteCalls.Invoke(_interpreter));
            for (var i = 0; i < outputs.Count; i++)
            {
                var tensor = TfliteCalls.Output(_interpreter, i);
                var result = new byte[TfliteCalls.ByteSize(tensor)];
                Assert.Equal(0, TfliteCalls.CopyTo(tensor, result, TfliteCalls.ByteSize(tensor)));
                outputs[i].AddRange(TensorElements.Read(NameOf(tensor), result));
            }
        }

        return [.. outputs.Select(output => output.ToArray())];
    }

    /// <summary>The numbers of the C library are not those of the file's schema.</summary>
    private static string NameOf(nint tensor) => TfliteCalls.Type(tensor) switch
    {
        1 => "float32",
        2 => "int32",
        3 => "uint8",
        4 => "int64",
        6 => "bool",
        9 => "int8",
        var other => throw new NotSupportedException($"elements of the type {other}"),
    };

    public void Dispose()
    {
        TfliteCalls.InterpreterDelete(_interpreter);
        if (_delegate != 0)
        {
            TfliteCalls.XnnpackDelete(_delegate);
        }

        TfliteCalls.OptionsDelete(_options);
        TfliteCalls.ModelDelete(_model);
        _bytes.Free();
    }

    /// <summary>Room for any version of the delegate's options.</summary>
    private sealed class Zeroed : IDisposable
    {
        private const int Bytes = 256;

        public Zeroed() => Marshal.Copy(new byte[Bytes], 0, Address, Bytes);

        public nint Address { get; } = Marshal.AllocHGlobal(Bytes);

        public void Dispose() => Marshal.FreeHGlobal(Address);
    }
}

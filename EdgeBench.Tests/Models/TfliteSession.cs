using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

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
        _model = Native.ModelCreate(_bytes.AddrOfPinnedObject(), (nuint)model.Length);
        Assert.True(_model != 0, "TFLite does not take the file");
        _options = Native.OptionsCreate();
        Native.OptionsSetNumThreads(_options, 1);
        if (kernels == TfliteKernels.Xnnpack)
        {
            using var settings = new Zeroed();
            Marshal.WriteInt32(settings.Address, 1);
            _delegate = Native.XnnpackCreate(settings.Address);
            Native.OptionsAddDelegate(_options, _delegate);
        }

        _interpreter = Native.InterpreterCreate(_model, _options);
        Assert.True(_interpreter != 0, $"TFLite ({kernels}) refuses the file");
        for (var i = 0; batch > 1 && i < Native.InputCount(_interpreter); i++)
        {
            var tensor = Native.Input(_interpreter, i);
            int[] shape = [batch, .. Enumerable.Range(1, Native.NumDims(tensor) - 1).Select(axis => Native.Dim(tensor, axis))];
            Assert.Equal(0, Native.ResizeInput(_interpreter, i, shape, shape.Length));
        }

        Assert.Equal(0, Native.AllocateTensors(_interpreter));
    }

    /// <summary>One array per output, the samples one behind the other.</summary>
    /// <param name="inputs">Per input of the model, in its order: shape with the batch, and the values of all samples.</param>
    public float[][] Run(params (int[] Shape, float[] Values)[] inputs)
    {
        Assert.Equal(inputs.Length, Native.InputCount(_interpreter));
        var outputs = Enumerable.Range(0, Native.OutputCount(_interpreter)).Select(_ => new List<float>()).ToList();
        var given = (int)Native.ByteSize(Native.Input(_interpreter, 0)) / sizeof(float);
        for (var start = 0; start < inputs[0].Values.Length; start += given)
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                var tensor = Native.Input(_interpreter, i);
                var size = inputs[i].Values.Length / (inputs[0].Values.Length / given);
                var sample = inputs[i].Values.AsSpan(start / given * size, size).ToArray();
                Assert.Equal(0, Native.CopyFrom(tensor, sample, (nuint)(sample.Length * sizeof(float))));
            }

            Assert.Equal(0, Native.Invoke(_interpreter));
            for (var i = 0; i < outputs.Count; i++)
            {
                var tensor = Native.Output(_interpreter, i);
                var result = new float[Native.ByteSize(tensor) / sizeof(float)];
                Assert.Equal(0, Native.CopyTo(tensor, result, Native.ByteSize(tensor)));
                outputs[i].AddRange(result);
            }
        }

        return [.. outputs.Select(output => output.ToArray())];
    }

    public void Dispose()
    {
        Native.InterpreterDelete(_interpreter);
        if (_delegate != 0)
        {
            Native.XnnpackDelete(_delegate);
        }

        Native.OptionsDelete(_options);
        Native.ModelDelete(_model);
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

    /// <summary>TFLite's C library, as an npm package ships it.</summary>
    private static class Native
    {
        private const string Package = "tfjs-tflite-node@0.0.2";

        private static readonly Dictionary<ProcessorArchitecture, (string Folder, string Sha256)> Libraries = new()
        {
            [ProcessorArchitecture.X64] = ("linux_amd64", "dc89b4cd86d956516570bd483668e6dd98907f49901d0567dedc69a29a56b7f7"),
            [ProcessorArchitecture.Arm64] = ("linux_arm64", "ec0dee4fb3418e680d010248ac1e304d9656cc5c8de54caaf91d666712e2f633"),
        };

        private static readonly Lazy<nint> Library = new(() => NativeLibrary.Load(Fetch()));

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

        public delegate int FloatsToStatus(nint handle, [In, Out] float[] values, nuint bytes);

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

        public static HandleToStatus Invoke { get; } = Export<HandleToStatus>("TfLiteInterpreterInvoke");

        public static HandleToStatus InputCount { get; } = Export<HandleToStatus>("TfLiteInterpreterGetInputTensorCount");

        public static HandleToStatus OutputCount { get; } = Export<HandleToStatus>("TfLiteInterpreterGetOutputTensorCount");

        public static IndexToHandle Input { get; } = Export<IndexToHandle>("TfLiteInterpreterGetInputTensor");

        public static IndexToHandle Output { get; } = Export<IndexToHandle>("TfLiteInterpreterGetOutputTensor");

        public static ShapeToStatus ResizeInput { get; } = Export<ShapeToStatus>("TfLiteInterpreterResizeInputTensor");

        public static HandleToSize ByteSize { get; } = Export<HandleToSize>("TfLiteTensorByteSize");

        public static HandleToStatus NumDims { get; } = Export<HandleToStatus>("TfLiteTensorNumDims");

        public static IndexToStatus Dim { get; } = Export<IndexToStatus>("TfLiteTensorDim");

        public static FloatsToStatus CopyFrom { get; } = Export<FloatsToStatus>("TfLiteTensorCopyFromBuffer");

        public static FloatsToStatus CopyTo { get; } = Export<FloatsToStatus>("TfLiteTensorCopyToBuffer");

        private static T Export<T>(string name) => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(Library.Value, name));

        /// <summary>The library, fetched once and kept; only the very bytes that were tried are loaded.</summary>
        private static string Fetch()
        {
            var (folder, sha256) = Libraries[RuntimeInformation.ProcessArchitecture];
            var kept = Repository.PathOf("artifacts", "tests", "libtensorflowlite_c-2.9.0.so");
            if (!File.Exists(kept))
            {
                using var scratch = new ScratchFolder();
                var start = new ProcessStartInfo("npm", ["pack", Package, "--silent"]) { WorkingDirectory = scratch.Path };
                using (var npm = Process.Start(start)!)
                {
                    npm.WaitForExit();
                }

                using var archive = new GZipStream(File.OpenRead(Directory.GetFiles(scratch.Path, "*.tgz").Single()), CompressionMode.Decompress);
                using var tar = new TarReader(archive);
                while (tar.GetNextEntry() is { } entry)
                {
                    if (entry.Name.EndsWith($"{folder}/libtensorflowlite_c.so", StringComparison.Ordinal))
                    {
                        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
                        var partial = $"{kept}.{Guid.NewGuid():N}";
                        entry.ExtractToFile(partial, overwrite: false);
                        File.Move(partial, kept, overwrite: true);
                    }
                }
            }

            Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(kept))));
            return kept;
        }
    }
}

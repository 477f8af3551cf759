using EdgeBench.Models.Keras;
using EdgeBench.Models.Onnx;
using EdgeBench.Models.Passes;
using EdgeBench.Models.Quantization;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Models;

/// <summary>A model that was read and understood. It never changes, and may be used from several threads.</summary>
public sealed class Model
{
    private readonly string _file;
    private readonly ModelContent _content;

    internal Model(string file, ModelContent content) => (_file, _content) = (file, content);

    /// <summary>The passes over the graph that a model can be written without (<c>docs/models.md</c>).</summary>
    public static IReadOnlyList<string> OptionalPasses => GraphPasses.Optional;

    /// <summary>Name of the model as its author gave it, else the file's.</summary>
    public required string Name { get; init; }

    /// <summary>How the file is written.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>Version of Keras that wrote the file, where it says so.</summary>
    public string? KerasVersion { get; init; }

    /// <summary>What is to be fed, in Keras' order.</summary>
    public required IReadOnlyList<TensorSpec> Inputs { get; init; }

    /// <summary>What is computed, in Keras' order.</summary>
    public required IReadOnlyList<TensorSpec> Outputs { get; init; }

    /// <summary>The layers in the order of the file; of <c>.onnx</c> and <c>.tflite</c> the operators.</summary>
    public required IReadOnlyList<LayerSummary> Layers { get; init; }

    /// <summary>Number of values in all variables that inference reads.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiply-accumulate operations of convolutions and matrix products per sample; null where an <c>.onnx</c> or <c>.tflite</c>
    /// file has operators whose cost is not known.</summary>
    public long? Macs { get; init; }

    /// <summary>
    /// Of <see cref="Macs"/> those of convolutions with a 3x3 window and stride 1, for which fast algorithms need fewer; null as
    /// <see cref="Macs"/> is.
    /// </summary>
    public long? FastConvolutionMacs { get; init; }

    /// <summary>
    /// Floating-point operations per sample, by the rule of TensorFlow's profiler as it stood in 2022 (<c>docs/models.md</c>); null as
    /// <see cref="Macs"/> is.
    /// </summary>
    public long? Flops { get; init; }

    /// <summary>The same by the profiler of TensorFlow 2.21, which also counts additions of tensors and the beta of swish; null as <see cref="Macs"/>
    /// is.</summary>
    public long? ProfilerFlops { get; init; }

    /// <summary>Where the weights come from.</summary>
    public required WeightsOrigin Weights { get; init; }

    /// <summary>What a user should know about this model.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Reads a model file. Nothing in it is ever executed, and nothing outside of it is read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ModelNotAcceptedException">The file is no model, is damaged, or asks for what is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Model Read(string path, ModelReadOptions? options = null, CancellationToken cancellationToken = default) =>
        ModelReader.Read(path, options ?? new ModelReadOptions(), cancellationToken);

    /// <summary>Writes the model as ONNX. The file appears under its name when it is complete; until then nothing of that name
    /// changes.</summary>
    /// <param name="file">The file to write.</param>
    /// <param name="cancellationToken">Ends the writing; no file remains.</param>
    /// <exception cref="ModelNotAcceptedException">The model is a TFLite file.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public ConversionReport WriteOnnx(string file, CancellationToken cancellationToken = default) =>
        WriteOnnx(file, new ModelWriteOptions(), cancellationToken);

    /// <summary>The same in another precision.</summary>
    /// <param name="file">The file to write.</param>
    /// <param name="options">How it is to be written.</param>
    /// <param name="cancellationToken">Ends the writing; no file remains.</param>
    /// <exception cref="ModelNotAcceptedException">The model is a TFLite file, or ONNX has no such precision.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public ConversionReport WriteOnnx(string file, ModelWriteOptions options, CancellationToken cancellationToken = default) =>
        CompleteFile.Write(file, stream => WriteOnnx(stream, options, cancellationToken));

    /// <summary>Writes the model as ONNX to a stream, which need not be able to seek.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ModelNotAcceptedException">The model is a TFLite file.</exception>
    public ConversionReport WriteOnnx(Stream stream, CancellationToken cancellationToken = default) =>
        WriteOnnx(stream, new ModelWriteOptions(), cancellationToken);

    /// <summary>The same in another precision.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="options">How it is to be written.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ModelNotAcceptedException">The model is a TFLite file, or ONNX has no such precision.</exception>
    public ConversionReport WriteOnnx(Stream stream, ModelWriteOptions options, CancellationToken cancellationToken = default) =>
        Write(() => OnnxTarget.Write(_content, options, stream, cancellationToken));

    /// <summary>Writes the model as TFLite. The file appears under its name when it is complete; until then nothing of that name
    /// changes.</summary>
    /// <param name="file">The file to write.</param>
    /// <param name="cancellationToken">Ends the writing; no file remains.</param>
    /// <exception cref="ModelNotAcceptedException">TFLite cannot express the model; every layer is named.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public ConversionReport WriteTflite(string file, CancellationToken cancellationToken = default) =>
        WriteTflite(file, new ModelWriteOptions(), cancellationToken);

    /// <summary>The same in another precision.</summary>
    /// <param name="file">The file to write.</param>
    /// <param name="options">How it is to be written.</param>
    /// <param name="cancellationToken">Ends the writing; no file remains.</param>
    /// <exception cref="ModelNotAcceptedException">TFLite cannot express the model; every layer is named.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public ConversionReport WriteTflite(string file, ModelWriteOptions options, CancellationToken cancellationToken = default) =>
        CompleteFile.Write(file, stream => WriteTflite(stream, options, cancellationToken));

    /// <summary>Writes the model as TFLite to a stream, which need not be able to seek.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ModelNotAcceptedException">TFLite cannot express the model; every layer is named.</exception>
    public ConversionReport WriteTflite(Stream stream, CancellationToken cancellationToken = default) =>
        WriteTflite(stream, new ModelWriteOptions(), cancellationToken);

    /// <summary>The same in another precision.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="options">How it is to be written.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ModelNotAcceptedException">TFLite cannot express the model; every layer is named.</exception>
    public ConversionReport WriteTflite(Stream stream, ModelWriteOptions options, CancellationToken cancellationToken = default) =>
        Write(() => TfliteTarget.Write(_content, options, stream, cancellationToken));

    /// <summary>Writes a file in 32-bit floats whose outputs are the ranges of the tensors inside for what it is fed: they are what
    /// <see cref="ModelPrecision.Int8"/> needs.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ModelNotAcceptedException">TFLite cannot express the model, or it is a finished file.</exception>
    public RangeProbe WriteTfliteProbe(Stream stream, CancellationToken cancellationToken = default) =>
        Write(() => TfliteTarget.WriteProbe(_content, stream, cancellationToken));

    /// <summary>The same for ONNX.</summary>
    /// <param name="stream">Where to; it stays open.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ModelNotAcceptedException">The model is a finished file.</exception>
    public RangeProbe WriteOnnxProbe(Stream stream, CancellationToken cancellationToken = default) =>
        Write(() => OnnxTarget.WriteProbe(_content, stream, cancellationToken));

    private T Write<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (ModelRefusedException e)
        {
            var classes = Layers.DistinctBy(layer => layer.Name).ToDictionary(layer => layer.Name, layer => layer.ClassName);
            throw new ModelNotAcceptedException(
                _file, [.. e.Problems.Select(problem => problem with { ClassName = classes.GetValueOrDefault(problem.Layer ?? "") })], e);
        }
    }
}

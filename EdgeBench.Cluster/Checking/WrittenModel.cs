using EdgeBench.Cluster.Runtimes;
using EdgeBench.Models;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Cluster.Checking;

/// <summary>A model's files, in the formats that were asked for and in those that they are compared with.</summary>
/// <param name="Files">The files by their formats.</param>
/// <param name="Reports">What was done to write each.</param>
/// <param name="Missing">Why there is no file to compare with, or none that its runtime can run, by format.</param>
/// <param name="Inputs">The model's inputs.</param>
/// <param name="Precision">What the numbers of the files are.</param>
/// <param name="Reference">The same model as ONNX in fp32, with which files in another precision are compared; null where there is
/// none.</param>
public sealed record WrittenModel(
    IReadOnlyDictionary<string, string> Files, IReadOnlyDictionary<string, ConversionReport> Reports,
    IReadOnlyDictionary<string, string> Missing, IReadOnlyList<TensorSpec> Inputs,
    ModelPrecision Precision = ModelPrecision.Float32, string? Reference = null)
{
    // TFLite first, as it is the one that may refuse a model.
    private static readonly Dictionary<string, Func<Model, string, ModelWriteOptions, CancellationToken, ConversionReport>> Writers = new()
    {
        ["tflite"] = (model, file, options, cancellation) => model.WriteTflite(file, options, cancellation),
        ["onnx"] = (model, file, options, cancellation) => model.WriteOnnx(file, options, cancellation),
    };

    /// <summary>The formats that models are written in.</summary>
    public static IReadOnlyCollection<string> Formats => Writers.Keys;

    /// <summary>Writes a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="formats">The formats that are asked for.</param>
    /// <param name="options">How they are to be written.</param>
    /// <param name="folder">The folder to write <c>model.FORMAT</c> to.</param>
    /// <param name="withCounterpart">Whether to write too what the files are compared with, where the model can be expressed so: in fp32
    /// the other format, in another precision ONNX in fp32.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ModelNotAcceptedException">A format that is asked for cannot express the model.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static WrittenModel Write(
        Model model, IReadOnlyCollection<string> formats, ModelWriteOptions options, string folder, bool withCounterpart,
        CancellationToken cancellation)
    {
        var isSingle = options.Precision == ModelPrecision.Float32;
        var files = new Dictionary<string, string>();
        var reports = new Dictionary<string, ConversionReport>();
        var missing = new Dictionary<string, string>();
        foreach (var (format, write) in Writers)
        {
            var isAsked = formats.Contains(format);
            if (!isAsked && !(withCounterpart && isSingle))
            {
                continue;
            }

            try
            {
                var file = Path.Combine(folder, $"model.{format}");
                reports[format] = write(model, file, options, cancellation);
                files[format] = file;
            }
            catch (ModelNotAcceptedException refusal) when (!isAsked)
            {
                missing[format] = refusal.Message;
            }
        }

        if (files.TryGetValue("tflite", out var tflite) && TfliteCompatibility.Tflite.ProblemOf(TfliteModel.Read(tflite)) is { } problem)
        {
            missing["tflite"] = $"the TFLite file is not run: {problem}";
        }

        string? reference = null;
        if (withCounterpart && !isSingle)
        {
            reference = Path.Combine(folder, "reference.onnx");
            model.WriteOnnx(reference, cancellation);
        }

        return new WrittenModel(files, reports, missing, model.Inputs, options.Precision, reference);
    }
}

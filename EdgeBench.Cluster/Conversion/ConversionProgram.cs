using System.Diagnostics;
using System.Text.Json;
using EdgeBench.Cluster.Calibration;
using EdgeBench.Cluster.Checking;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Tasks;
using EdgeBench.Models;
using EdgeBench.Models.Quantization;
using EdgeBench.Models.Tflite;

namespace EdgeBench.Cluster.Conversion;

/// <summary>
/// The process that converts one model: <c>edgebench</c> in a mode that only the server calls. It carries out the
/// <see cref="ConversionRequest"/> in a folder, writes the <see cref="ConversionAnswer"/> there, and ends with the server.
/// </summary>
public static class ConversionProgram
{
    /// <summary>The word behind <c>edgebench</c>, followed by the folder.</summary>
    public const string Word = "convert-for-server";

    /// <summary>Converts.</summary>
    /// <param name="folder">The folder with the request.</param>
    /// <returns>The exit code: 0 where there is an answer.</returns>
    public static int Run(string folder)
    {
        new Thread(EndWithServer) { IsBackground = true, Name = "server" }.Start();
        var request = JsonSerializer.Deserialize(
            File.ReadAllBytes(Path.Combine(folder, ConversionRequest.FileName)), ConversionJson.Default.ConversionRequest)!;
        File.WriteAllBytes(
            Path.Combine(folder, ConversionAnswer.FileName),
            JsonSerializer.SerializeToUtf8Bytes(Answer(request, folder), ConversionJson.Default.ConversionAnswer));
        return 0;
    }

    private static ConversionAnswer Answer(ConversionRequest request, string folder)
    {
        try
        {
            return new ConversionAnswer { Converted = Convert(request, folder) };
        }
        catch (ModelNotAcceptedException refusal)
        {
            return new ConversionAnswer { Refusal = refusal.Message };
        }
        catch (Exception problem) when (problem is CalibrationException or RangesException)
        {
            return new ConversionAnswer { Refusal = $"{Path.GetFileName(request.Model)}: {problem.Message}" };
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A reader may fall over what no one thought of; the server tells it. Where memory is short, even that is too much to ask.
            return new ConversionAnswer { Problem = exception.Message };
        }
    }

    private static ConvertedFiles Convert(ConversionRequest request, string folder)
    {
        var model = Model.Read(request.Model, request.Options);
        var written = WrittenModel.Write(
            model, [request.Format], OptionsOf(request, model, folder), folder, request.WithCounterpart, CancellationToken.None);
        return new ConvertedFiles
        {
            Files = written.Files,
            Missing = written.Missing,
            Inputs = written.Inputs,
            Reference = written.Reference,
            Source = model.KerasVersion is { } version ? $"Keras {version}, {NameOf(model.Format)}" : NameOf(model.Format),
            Weights = model.Weights.Text,
            Parameters = model.Parameters,
            Flops = model.Flops,
            Macs = model.Macs,
            FastConvolutionShare = model.Macs > 0 ? (double?)model.FastConvolutionMacs / model.Macs : null,
            Warnings = model.Warnings,
            Unfit = Unfit(written.Files[request.Format], request.Format),
        };
    }

    private static ModelWriteOptions OptionsOf(ConversionRequest request, Model model, string folder) => new()
    {
        Precision = ModelPrecisions.Of(request.Precision)!.Value,
        Ranges = request switch
        {
            { Calibration.Count: > 0 } => new RangeCalibration(new RuntimeCatalog(request.Runtimes))
                .MeasureAsync(model, [request.Format], request.Calibration, folder, CancellationToken.None).GetAwaiter().GetResult(),
            { Ranges: { } ranges } => TensorRanges.Read(ranges),
            _ => null,
        },
    };

    private static IReadOnlyList<UnfitRuntime> Unfit(string file, string format)
    {
        if (format != "tflite")
        {
            return [];
        }

        var model = TfliteModel.Read(file);
        return [.. from library in TfliteCompatibility.All
                   let problem = library.ProblemOf(model)
                   where problem is not null
                   select new UnfitRuntime(library.Runtime, library.Version, problem)];
    }

    private static string NameOf(ModelFormat format) => format switch
    {
        ModelFormat.KerasHdf5 => "HDF5",
        ModelFormat.KerasArchive => ".keras",
        ModelFormat.KerasJson => "architecture JSON",
        ModelFormat.Onnx => "ONNX",
        ModelFormat.Tflite => "TFLite",
        _ => format.ToString(),
    };

    // The server holds the other end of the standard input, so that it ends when the server does, however that may be.
    private static void EndWithServer()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        Process.GetCurrentProcess().Kill();
    }
}

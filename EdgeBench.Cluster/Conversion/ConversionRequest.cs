using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeBench.Cluster.Calibration;
using EdgeBench.Messages.Tasks;
using EdgeBench.Models;

namespace EdgeBench.Cluster.Conversion;

/// <summary>What a process that converts one model is to do. Server and process speak by two files of the folder that they share.</summary>
internal sealed record ConversionRequest
{
    /// <summary>The file with the request.</summary>
    public const string FileName = "request.json";

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>What the model's file does not say.</summary>
    public required ModelReadOptions Options { get; init; }

    /// <summary>The format to write.</summary>
    public required string Format { get; init; }

    /// <summary>Whether to write the other format too, where it can express the model, for a comparison.</summary>
    public required bool WithCounterpart { get; init; }

    /// <summary>What the model's numbers are to be: a word of <see cref="Messages.Tasks.Precision"/>.</summary>
    public required string Precision { get; init; }

    /// <summary>A file with the ranges that int8 needs, or null.</summary>
    public string? Ranges { get; init; }

    /// <summary>Samples of the inputs, of which the ranges are measured.</summary>
    public IReadOnlyList<CalibrationSource> Calibration { get; init; } = [];

    /// <summary>The folder of the runtime images, whose programs measure the ranges.</summary>
    public required string Runtimes { get; init; }
}

/// <summary>What came of a <see cref="ConversionRequest"/>: one of the three is there.</summary>
internal sealed record ConversionAnswer
{
    /// <summary>The file with the answer.</summary>
    public const string FileName = "answer.json";

    /// <summary>The converted model.</summary>
    public ConvertedFiles? Converted { get; init; }

    /// <summary>Why the model is not accepted, and what to do.</summary>
    public string? Refusal { get; init; }

    /// <summary>What went wrong that is no refusal of the model.</summary>
    public string? Problem { get; init; }
}

/// <summary>A converted model, and what is known of it.</summary>
internal sealed record ConvertedFiles
{
    /// <summary>The files by their formats.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>Why there is no file to compare with, or none that its runtime can run, by format.</summary>
    public required IReadOnlyDictionary<string, string> Missing { get; init; }

    /// <summary>The model's inputs.</summary>
    public required IReadOnlyList<TensorSpec> Inputs { get; init; }

    /// <summary>The same model as ONNX in fp32, with which a file in another precision is compared; or null.</summary>
    public string? Reference { get; init; }

    /// <summary>As in <see cref="ConvertedModel"/>.</summary>
    public required string Source { get; init; }

    /// <inheritdoc cref="Source"/>
    public required string Weights { get; init; }

    /// <inheritdoc cref="Source"/>
    public required long Parameters { get; init; }

    /// <inheritdoc cref="Source"/>
    public required long? Flops { get; init; }

    /// <inheritdoc cref="Source"/>
    public required long? Macs { get; init; }

    /// <inheritdoc cref="Source"/>
    public required double? FastConvolutionShare { get; init; }

    /// <inheritdoc cref="Source"/>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <inheritdoc cref="Source"/>
    public required IReadOnlyList<UnfitRuntime> Unfit { get; init; }
}

/// <summary>Both as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ConversionRequest))]
[JsonSerializable(typeof(ConversionAnswer))]
internal sealed partial class ConversionJson : JsonSerializerContext;

using System.Runtime.CompilerServices;
using EdgeBench.Runner.Hosting;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EdgeBench.Tests.Models;

/// <summary>Runs an ONNX file in ONNX Runtime, one sample after the other.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;

    public OnnxSession(byte[] model)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(model, options);
    }

    public IReadOnlyList<string> InputNames => _session.InputNames;

    public IReadOnlyList<string> OutputNames => _session.OutputNames;

    /// <summary>Native code reads the environment of the process, of which .NET changes a copy only.</summary>
    [ModuleInitializer]
    internal static void WithoutTelemetry() => SystemCalls.SetEnvironment("ORT_DISABLE_TELEMETRY", "1", overwrite: 1);

    /// <summary>One array per output, the samples one behind the other.</summary>
    /// <param name="inputs">Per input of the model, in its order: shape with the batch, and the values of all samples.</param>
    public float[][] Run(params (int[] Shape, float[] Values)[] inputs)
    {
        var samples = inputs[0].Shape[0];
        var outputs = _session.OutputNames.Select(_ => new List<float>()).ToList();
        for (var sample = 0; sample < samples; sample++)
        {
            var values = inputs.Zip(_session.InputNames, (input, name) =>
            {
                var size = input.Values.Length / samples;
                long[] shape = [1, .. input.Shape.Skip(1).Select(dimension => (long)dimension)];
                var type = _session.InputMetadata[name].ElementDataType;
                var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
                TensorElements.Write(NameOf(type), input.Values.AsSpan(sample * size, size))
                    .CopyTo(value.GetTensorMutableRawData());
                return value;
            }).ToList();
            using var runOptions = new RunOptions();
            using var results = _session.Run(runOptions, _session.InputNames, values, _session.OutputNames);
            for (var i = 0; i < outputs.Count; i++)
            {
                outputs[i].AddRange(TensorElements.Read(
                    NameOf(results[i].GetTensorTypeAndShape().ElementDataType), results[i].GetTensorMutableRawData()));
            }

            values.ForEach(value => value.Dispose());
        }

        return [.. outputs.Select(output => output.ToArray())];
    }

    private static string NameOf(TensorElementType type) => type switch
    {
        TensorElementType.Float => "float32",
        var other => other.ToString().ToLowerInvariant(),
    };

    public void Dispose() => _session.Dispose();
}

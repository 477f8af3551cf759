namespace EdgeBench.Models;

/// <summary>How a model file is written. Decided by its content, never by its name.</summary>
public enum ModelFormat
{
    /// <summary>HDF5 with the architecture as an attribute, as <c>model.save("model.h5")</c> of Keras 2 and 3 writes it.</summary>
    KerasHdf5,

    /// <summary>Zip of configuration and weights, as <c>model.save("model.keras")</c> writes it.</summary>
    KerasArchive,

    /// <summary>Architecture alone, as <c>model.to_json()</c> gives it.</summary>
    KerasJson,

    /// <summary>An ONNX file; it is passed through as it is.</summary>
    Onnx,

    /// <summary>A TFLite file; it is passed through as it is.</summary>
    Tflite,
}

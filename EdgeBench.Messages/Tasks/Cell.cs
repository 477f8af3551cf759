using EdgeBench.Messages.Devices;

namespace EdgeBench.Messages.Tasks;

/// <summary>One point of a task's grid: a model on a device with a runtime, a precision and a number of threads.</summary>
public sealed record Cell
{
    /// <summary>Its id.</summary>
    public required CellId Id { get; init; }

    /// <summary>Which of the request's models, from 0.</summary>
    public required int Model { get; init; }

    /// <summary>The identity of the device.</summary>
    public required DeviceId Device { get; init; }

    /// <summary>The device's name when the task was accepted.</summary>
    public required DeviceName DeviceName { get; init; }

    /// <summary>The runtime's name.</summary>
    public required string Runtime { get; init; }

    /// <summary>The format that the runtime takes: <c>onnx</c>.</summary>
    public required string Format { get; init; }

    /// <summary>The precision of the converted model: <c>fp32</c>.</summary>
    public string Precision { get; init; } = Tasks.Precision.Single;

    /// <summary>How it is measured.</summary>
    public required MeasurementOptions Options { get; init; }
}

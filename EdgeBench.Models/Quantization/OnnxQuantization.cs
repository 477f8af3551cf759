using EdgeBench.Models.Keras;
using EdgeBench.Models.Onnx;

namespace EdgeBench.Models.Quantization;

/// <summary>The step between the ONNX emitter, which knows floats only, and the file.</summary>
internal static class OnnxQuantization
{
    private const string Format = "onnx";

    /// <summary>A model in the precision that is asked for.</summary>
    /// <exception cref="ModelRefusedException">Ranges are needed, and not there.</exception>
    public static OnnxGraph Apply(OnnxGraph model, ModelWriteOptions options)
    {
        if (options.Precision != ModelPrecision.Int8)
        {
            return model;
        }

        var ranges = MeasuredRanges.Of(options, Format);
        var (tensors, steps) = Steps(model);
        return OnnxIntegerGraph.Write(model, tensors, steps, Plan(model, tensors, steps), ranges);
    }

    /// <summary>A model that says the ranges which the same in integers needs.</summary>
    public static (OnnxGraph Model, RangeProbe Probe) Probe(OnnxGraph model)
    {
        var (tensors, steps) = Steps(model);
        List<string> names = [.. Plan(model, tensors, steps).Measured.Select(tensors.NameOf)];
        return (OnnxProbe.Write(model, names), new RangeProbe(Format, names));
    }

    private static (OnnxTensors Tensors, List<OnnxStep> Steps) Steps(OnnxGraph model)
    {
        var tensors = new OnnxTensors(model.Model.Graph, model.Initializers);
        return (tensors, OnnxStep.Of(model.Model.Graph, tensors));
    }

    private static IntegerPlan Plan(OnnxGraph model, OnnxTensors tensors, List<OnnxStep> steps) => new(
        [.. steps.Select(step => Planned(step, tensors))],
        model.Model.Graph.Output.Select(output => tensors[output.Name]).ToHashSet(),
        tensors.Count);

    private static PlannedStep Planned(OnnxStep step, OnnxTensors tensors)
    {
        var inputs = step.First.Input.Select(input => tensors[input]).ToList();
        return new PlannedStep(
            step.Kernel,
            [.. inputs.Where(tensors.IsActivation)],
            step.Kernel is { SharesScale: true } ? [.. inputs.Where(input => tensors.Constant(input) is not null)] : [],
            [.. step.Outputs.Select(output => tensors[output])],
            step.Kernel is not { IsSlow: true }
                && inputs.Any(input => tensors.Constant(input) is { } constant && PlannedStep.IsBeyond(constant)));
    }
}

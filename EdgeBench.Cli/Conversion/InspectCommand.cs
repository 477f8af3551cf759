using System.CommandLine;
using EdgeBench.Cli.Terminal;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Models;
using EdgeBench.Models.Tflite;
using Spectre.Console;

namespace EdgeBench.Cli.Conversion;

/// <summary><c>edgebench inspect</c>: what is in a model file.</summary>
internal static class InspectCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("MODEL")
        {
            Description = "A Keras model (.h5, .keras, .json), or an .onnx or .tflite file",
        }.ForFiles();
        var options = new ModelOptions();

        var command = new Command("inspect", "List a model's layers with shapes, parameters, multiply-adds and FLOPs; needs no cluster") { model };
        options.AddTo(command);
        return command.Does((parsed, screen, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(model);
            var read = ModelFiles.Read(path, options.Read(parsed), cancellationToken);
            if (read.Format == ModelFormat.Tflite && TfliteCompatibility.Tflite.ProblemOf(TfliteModel.Read(path)) is { } problem)
            {
                screen.Warn([$"the file does not run in every runtime: {problem}"]);
            }

            Show(read, screen);
            return Task.FromResult(ExitCode.Done);
        });
    }

    /// <summary>Prints what is in a model.</summary>
    internal static void Show(Model model, Screen screen)
    {
        screen.Warn(model.Warnings);
        if (screen.IsJson)
        {
            screen.Json(new { schema = Output.Schema, model = ModelFiles.Describe(model), model.Layers });
            return;
        }

        var version = model.KerasVersion is { } keras ? $", Keras {keras}" : "";
        screen.Line($"{model.Name}: {model.Format}{version}, weights {model.Weights}");
        ShowTensors("input", model.Inputs, screen);
        ShowTensors("output", model.Outputs, screen);
        if (model.Layers.Count > 0)
        {
            screen.Show(Table(model, screen));
        }

        screen.Line(
            $"parameters {Figures.Count(model.Parameters)}, MACs {Figures.Count(model.Macs)}, FLOPs {Figures.Count(model.Flops)} "
            + $"(by the profiler of TensorFlow 2.21: {Figures.Count(model.ProfilerFlops)})");
    }

    private static Table Table(Model model, Screen screen)
    {
        var isFinished = model.Format is ModelFormat.Onnx or ModelFormat.Tflite;
        var table = screen.CreateTable(
            isFinished ? "Operator" : "Layer", isFinished ? "Type" : "Class", ">Output", ">Parameters", ">MACs", ">FLOPs", ">by TF 2.21");
        foreach (var layer in model.Layers)
        {
            table.AddRow(
                layer.Name.EscapeMarkup(), layer.ClassName.EscapeMarkup(),
                (layer.OutputShape is { } shape ? Figures.Shape(shape) : "-").EscapeMarkup(), Figures.Count(layer.Parameters),
                Figures.Count(layer.Macs), Figures.Count(layer.Flops), Figures.Count(layer.ProfilerFlops));
        }

        return table;
    }

    private static void ShowTensors(string role, IEnumerable<TensorSpec> tensors, Screen screen)
    {
        foreach (var tensor in tensors)
        {
            screen.Line($"{role} {tensor.Name}: {tensor.ElementType} {Figures.Shape(tensor.Shape)}");
        }
    }
}

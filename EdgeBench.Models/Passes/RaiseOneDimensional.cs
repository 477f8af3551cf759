using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// TFLite moves windows over height and width only. What has one spatial dimension (batch, length, channels) gets a height of 1 before it
/// for such an operator, keeps it through all that does not care, and loses it where somebody does: a chain of layers is reshaped once at
/// either end.
/// </summary>
internal static class RaiseOneDimensional
{
    private const int FlatRank = 3;
    private const int HeightAxis = 1;

    public static Graph Run(Graph graph, List<string> changes)
    {
        if (!graph.Operators.Any(IsWindow))
        {
            return graph;
        }

        var views = new Views(graph);
        foreach (var step in graph.Operators)
        {
            if (IsWindow(step) || (views.Prevail(step) && Raised(step, value => value) is not null))
            {
                views.Add(Raised(step, value => views.Raise(value, step.Sources))!, step.Output);
                changes.Add($"gave {GraphEditing.Describe(step)} a height of 1");
            }
            else
            {
                views.Add(step);
            }
        }

        return graph with { Operators = views.Finish() };
    }

    private static bool IsWindow(Operator step) => step.Operation switch
    {
        Convolution convolution => convolution.Window.Strides.Count == 1,
        Pooling pooling => pooling.Size.Count == 1,
        TransposedConvolution convolution => convolution.Window.Strides.Count == 1,
        _ => false,
    };

    /// <summary>The operator with a height of 1; null where it cares for the number of dimensions. The output of one that takes that
    /// dimension away stays what it is.</summary>
    private static Operator? Raised(Operator step, Func<Value, Value> raise)
    {
        if (step.Output.Rank != FlatRank && step.Operation is not Reduction)
        {
            return null;
        }

        return step.Operation switch
        {
            Convolution convolution => With(
                convolution with { Window = Raise(convolution.Window) },
                [raise(step.Input), step.Inputs[1].Reshaped([1, .. step.Inputs[1].Shape]), .. step.Inputs.Skip(2)]),
            TransposedConvolution convolution => With(
                convolution with { Window = Raise(convolution.Window) },
                [raise(step.Input), step.Inputs[1].Reshaped([1, .. step.Inputs[1].Shape]), .. step.Inputs.Skip(2)]),
            Pooling pooling => With(
                pooling with { Size = [1, .. pooling.Size], Window = Raise(pooling.Window) }, [raise(step.Input)]),
            Padding padding => With(
                padding with { Before = Insert(padding.Before, 0), After = Insert(padding.After, 0) }, [raise(step.Input)]),
            Activation or Unary or MatrixProduct or Resampling => With(step.Operation, [raise(step.Input), .. step.Inputs.Skip(1)]),
            ScaleShift scaling => With(scaling with { Axis = Axis(scaling.Axis) }, [raise(step.Input), .. step.Inputs.Skip(1)]),
            Softmax softmax => With(softmax with { Axis = Axis(softmax.Axis) }, [raise(step.Input)]),
            Concatenation joining => With(joining with { Axis = Axis(joining.Axis) }, step.Inputs.Select(raise)),
            Arithmetic or ParametricRelu when step.Inputs.All(input => input.IsConstant || input.Rank == FlatRank) => With(
                step.Operation, step.Inputs.Select(input => input switch
                {
                    { IsConstant: false } => raise(input),
                    { Rank: FlatRank } => input.Reshaped(Insert(input.Shape, 1)),
                    _ => input,
                })),
            Standardization standardization => With(
                standardization with { Axes = Axes(standardization.Axes) }, [raise(step.Input)]),
            RootMeanSquareScaling scaling => With(scaling with { Axes = Axes(scaling.Axes) }, [raise(step.Input)]),
            UnitScaling scaling => With(scaling with { Axes = Axes(scaling.Axes) }, [raise(step.Input)]),
            Slicing { Dropped.Count: 0 } slicing => With(
                slicing with
                {
                    Begin = Insert(slicing.Begin, 0),
                    Sizes = Insert(slicing.Sizes, 1),
                    Strides = Insert(slicing.Strides, 1),
                },
                [raise(step.Input)]),
            Reduction { KeepDimensions: true } reduction => With(
                reduction with { Axes = Axes(reduction.Axes) }, [raise(step.Input)]),
            Reduction { KeepDimensions: false } reduction => step with
            {
                Operation = reduction with { Axes = [HeightAxis, .. Axes(reduction.Axes)] },
                Inputs = [raise(step.Input)],
            },
            _ => null,
        };

        Operator With(Operation operation, IEnumerable<Value> inputs) => step with
        {
            Operation = operation,
            Inputs = [.. inputs],
            Outputs = [new Value(step.Output.Name, Insert(step.Output.Shape, 1), step.Output.Type)],
        };
    }

    private static int[] Axes(IReadOnlyList<int> axes) => [.. axes.Select(Axis)];

    private static int Axis(int axis) => axis >= HeightAxis ? axis + 1 : axis;

    private static int[] Insert(IReadOnlyList<int> numbers, int height) => [numbers[0], height, .. numbers.Skip(HeightAxis)];

    private static Window Raise(Window window) =>
        new([1, .. window.Strides], [1, .. window.Dilations], [0, .. window.Before], [0, .. window.After]);

    /// <summary>The values of the graph with and without the height, each made of the other when it is first needed.</summary>
    private sealed class Views(Graph graph)
    {
        private readonly Dictionary<Value, Value> _raised = [];
        private readonly HashSet<Value> _missing = [];
        private readonly List<Operator> _steps = [];

        /// <summary>Whether the operator reads a value that there is only with the height.</summary>
        public bool Prevail(Operator step) => step.Inputs.Any(_missing.Contains);

        /// <summary>Adds an operator with the height, for what it computed without.</summary>
        public void Add(Operator step, Value flat)
        {
            _steps.Add(step);
            if (!ReferenceEquals(step.Output, flat))
            {
                _raised[flat] = step.Output;
                _missing.Add(flat);
            }
        }

        /// <summary>Adds an operator as it is. The order in memory is the same in both forms, so a reshape may read either.</summary>
        public void Add(Operator step)
        {
            if (step.Operation is Reshaping && _missing.Contains(step.Input))
            {
                _steps.Add(step with { Inputs = [_raised[step.Input]] });
                return;
            }

            foreach (var input in step.Inputs.Where(_missing.Contains).ToList())
            {
                Lower(input, step.Sources);
            }

            _steps.Add(step);
        }

        /// <summary>A value with the height.</summary>
        public Value Raise(Value flat, IReadOnlyList<string> sources)
        {
            if (!_raised.TryGetValue(flat, out var raised))
            {
                _raised[flat] = raised = new Value(flat.Name, Insert(flat.Shape, 1), flat.Type);
                _steps.Add(new Operator(new Reshaping(), [flat], [raised], sources));
            }

            return raised;
        }

        /// <summary>All operators, the outputs of the graph as the caller knows them.</summary>
        public List<Operator> Finish()
        {
            foreach (var output in graph.Outputs.Select(output => output.Value).Where(_missing.Contains).ToList())
            {
                Lower(output, _steps.First(step => step.Outputs.Contains(_raised[output])).Sources);
            }

            return _steps;
        }

        private void Lower(Value flat, IReadOnlyList<string> sources)
        {
            _steps.Add(new Operator(new Reshaping(), [_raised[flat]], [flat], sources));
            _missing.Remove(flat);
        }
    }
}

using EdgeBench.Models.Containers;
using EdgeBench.Models.Graphs;
using EdgeBench.Models.Keras;
using EdgeBench.Models.Weights;

namespace EdgeBench.Models.Lowering;

/// <summary>A model as a graph.</summary>
/// <param name="Graph">The graph, nothing folded yet.</param>
/// <param name="LayerOutputs">First output of every layer that was called, by path.</param>
/// <param name="Parameters">Number of values in each layer's variables.</param>
/// <param name="ConstantFlops">Operations on constants alone that TensorFlow's present profiler counts, by path.</param>
internal sealed record LoweredModel(
    Graph Graph,
    IReadOnlyDictionary<string, Value> LayerOutputs,
    IReadOnlyDictionary<KerasLayer, long> Parameters,
    IReadOnlyDictionary<string, long> ConstantFlops);

/// <summary>Lowers a Keras model to the graph, layer by layer. A layer that cannot be taken leaves a hole, so that all of them are
/// found.</summary>
internal sealed class ModelLowering
{
    /// <summary>Nested models that call each other twice double with every level.</summary>
    private const int MaximumCalls = 100_000;

    private readonly LoweringState _state;
    private readonly List<ModelProblem> _problems = [];
    private readonly Dictionary<string, Value> _layerOutputs = new(StringComparer.Ordinal);
    private readonly CancellationToken _cancellationToken;
    private int _calls;

    private ModelLowering(IWeightSource weights, KerasWriter writer, CancellationToken cancellationToken)
    {
        _state = new LoweringState(weights, writer) { LowerInner = LowerInner };
        _cancellationToken = cancellationToken;
    }

    /// <summary>Lowers a model.</summary>
    /// <exception cref="ModelRefusedException">Layers or inputs cannot be taken; all are named.</exception>
    /// <exception cref="ModelFileException">The file contradicts itself.</exception>
    public static LoweredModel Lower(
        KerasModel model, IWeightSource weights, KerasWriter writer, ModelReadOptions options, CancellationToken cancellationToken)
    {
        var lowering = new ModelLowering(weights, writer, cancellationToken);
        try
        {
            return lowering.Run(model, options);
        }
        catch (ModelFileException) when (lowering._problems.Count > 0)
        {
            throw new ModelRefusedException(lowering._problems);
        }
    }

    private LoweredModel Run(KerasModel model, ModelReadOptions options)
    {
        foreach (var layer in model.Leaves.Where(layer => !layer.IsInput))
        {
            if (LayerRegistry.Find(layer, out var refusal) is null)
            {
                _problems.Add(new ModelProblem(layer.Path, layer.ClassName, refusal));
            }
        }

        if (_problems.Exists(problem => problem.Layer is null))
        {
            throw new ModelRefusedException(_problems);
        }

        var inputs = ModelInputs.Create(model, options.InputShapes, _problems);
        if (inputs.Count < model.Inputs.Count)
        {
            throw new ModelRefusedException(_problems);
        }

        var results = LowerModel(model, inputs.Select(input => (Value?)input.Value).ToList());
        if (_problems.Count > 0)
        {
            throw new ModelRefusedException(_problems);
        }

        if (results.Count == 0)
        {
            throw new ModelFileException("the model has no outputs, so the file is damaged; save the model again");
        }

        var outputs = Named(model.Outputs.Select(output => output.Name).Zip(results, (name, value) => new GraphTensor(name, value!)));
        outputs.AddRange(options.ExposedLayers.Select(path => new GraphTensor($"{path}:exposed", _layerOutputs[path])));
        return new LoweredModel(
            new Graph(model.Name, inputs, outputs, _state.Operators),
            _layerOutputs,
            model.Leaves.ToDictionary(layer => layer, _state.ParametersOf),
            _state.ConstantFlops);
    }

    private List<Value?> LowerModel(KerasModel model, List<Value?> inputs)
    {
        if (inputs.Count != model.Inputs.Count)
        {
            throw new ModelFileException(
                $"the model '{model.Name}' has {model.Inputs.Count} inputs and is called with {inputs.Count}, so the file is damaged; "
                + "save the model again");
        }

        var values = new Dictionary<TensorReference, Value?>();
        foreach (var (input, value) in model.Inputs.Zip(inputs))
        {
            values[input.Reference] = value;
            if (value is not null && model.Layers.FirstOrDefault(layer => layer.Name == input.Reference.Layer) is { } layer)
            {
                _layerOutputs[layer.Path] = value;
            }
        }

        foreach (var placed in CallOrder.Of(model).Select(LayerRegistry.WithNames))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            if (++_calls > MaximumCalls)
            {
                throw new ModelFileException($"the model calls layers more than {MaximumCalls} times, which is not taken");
            }

            var arguments = placed.Call.Tensors.Select(reference => Resolve(values, reference, placed.Layer.Path)).ToList();
            var results = Lower(placed, arguments);
            for (var i = 0; i < results.Count; i++)
            {
                values[new TensorReference(placed.Layer.Name, placed.Index, i)] = results[i];
            }
        }

        return model.Outputs.Select(output => Resolve(values, output.Reference, model.Name)).ToList();
    }

    private List<Value?> Lower(PlacedCall placed, List<Value?> arguments)
    {
        var layer = placed.Layer;
        if (LayerOptions.ComputesAsInTraining(layer, placed.Call))
        {
            const string Reason =
                "it is called with training=True, so that it computes at inference as in training; build it without that and save again";
            _problems.Add(new ModelProblem(layer.Path, layer.ClassName, Reason));
            return [null];
        }

        if (layer.Nested is { } nested)
        {
            var results = LowerModel(nested, ByName(nested, placed.Call, arguments));
            Remember(layer, results.FirstOrDefault());
            return results;
        }

        var known = arguments.OfType<Value>().ToList();
        if (LayerRegistry.Find(layer, out _) is not { } form || known.Count < arguments.Count)
        {
            return [null];
        }

        try
        {
            // Such as a mask or a state.
            var byName = placed.Call.Keyword.Where(argument => argument.Value.Tensors.Any()).Select(argument => argument.Key);
            if (byName.FirstOrDefault(name => !form.TakesTensor(name)) is { } extra)
            {
                throw new LayerNotSupportedException($"it is called with the tensor argument '{extra}', which is not supported");
            }

            var context = new LayerContext(_state, layer, placed.Call, known);
            var outputs = form.Lower(form.TakesAnyType ? context : context.WithFloats());
            if (form.HasOptions && !_state.Writer.IsKeras1)
            {
                LayerOptions.RefuseUnknown(layer);
            }

            MaskRules.HandDown(context, outputs);
            Remember(layer, outputs[0]);
            return [.. outputs];
        }
        catch (LayerNotSupportedException e)
        {
            _problems.Add(new ModelProblem(layer.Path, layer.ClassName, e.Message));
            return [null];
        }
        catch (OverflowException)
        {
            _problems.Add(new ModelProblem(layer.Path, layer.ClassName, "its sizes are too large to compute with"));
            return [null];
        }
    }

    /// <summary>Arguments that are given by the names of a model's inputs, in the order of these; others as they are.</summary>
    private static List<Value?> ByName(KerasModel model, LayerCall call, List<Value?> arguments)
    {
        if (call.Positional is not [CallArgument.Named { Members: var members }] || members.Count != arguments.Count)
        {
            return arguments;
        }

        var named = members.Zip(arguments).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);
        return model.Inputs.All(input => named.ContainsKey(input.Name)) ? [.. model.Inputs.Select(input => named[input.Name])] : arguments;
    }

    /// <summary>What is inside a wrapper cannot leave a hole: the wrapper itself is refused, in its words.</summary>
    private IReadOnlyList<Value> LowerInner(KerasLayer layer, IReadOnlyList<Value> inputs)
    {
        List<string> refused = [];
        foreach (var leaf in layer.Nested?.Leaves.Where(leaf => !leaf.IsInput) ?? [layer])
        {
            if (LayerRegistry.Find(leaf, out var refusal) is null)
            {
                refused.Add($"the layer '{leaf.ClassName}' inside it {refusal}");
            }
        }

        if (refused.Count > 0)
        {
            throw new LayerNotSupportedException(string.Join("; ", refused.Distinct()));
        }

        var before = _problems.Count;
        var arguments = inputs.Select((_, i) => (CallArgument)new CallArgument.Tensor(new TensorReference("", 0, i))).ToList();
        var results = Lower(new PlacedCall(layer, 0, new LayerCall(arguments, new Dictionary<string, CallArgument>())), [.. inputs]);
        var inner = _problems.Skip(before).ToList();
        _problems.RemoveRange(before, inner.Count);
        return inner.Count == 0
            ? [.. results.Select(result => result!)]
            : throw new LayerNotSupportedException(
                string.Join("; ", inner.Select(problem => $"the layer '{problem.Layer}' ({problem.ClassName}) inside it: {problem.Reason}")));
    }

    private void Remember(KerasLayer layer, Value? output)
    {
        if (output is not null)
        {
            _layerOutputs.TryAdd(layer.Path, output);
        }
    }

    private static Value? Resolve(Dictionary<TensorReference, Value?> values, TensorReference reference, string user)
    {
        if (values.TryGetValue(reference, out var value))
        {
            return value;
        }

        // What a layer that was refused returns beyond its first output is a hole as well.
        return values.TryGetValue(reference with { Output = 0 }, out var first) && first is null
            ? null
            : throw new ModelFileException(
                $"'{user}' refers to output {reference.Output} of '{reference.Layer}', which is not there, so the file is damaged; "
                + "save the model again");
    }

    /// <summary>Keras tells outputs of one layer apart by a number behind the name.</summary>
    private static List<GraphTensor> Named(IEnumerable<GraphTensor> outputs)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return outputs.Select(output =>
        {
            var name = output.Name;
            for (var i = 1; !taken.Add(name); i++)
            {
                name = $"{output.Name}_{i}";
            }

            return output with { Name = name };
        }).ToList();
    }
}

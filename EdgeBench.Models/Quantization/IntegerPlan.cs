namespace EdgeBench.Models.Quantization;

/// <summary>What an 8-bit kernel does to its integers.</summary>
internal enum IntegerKind
{
    /// <summary>It computes others: inputs and results have scales of their own.</summary>
    Computing,

    /// <summary>It computes some of the same, such as a maximum or an average: one scale for all.</summary>
    Choosing,

    /// <summary>It moves them without a look: one scale for all.</summary>
    Moving,
}

/// <summary>How the 8-bit kernel of an operator takes its tensors.</summary>
/// <param name="Kind">What it does to its integers.</param>
/// <param name="Result">The scale of its results where that is fixed.</param>
/// <param name="IsSlow">Whether it is so slow in floats that it is worth to make integers for it.</param>
internal record IntegerKernel(IntegerKind Kind = IntegerKind.Computing, AffineScale? Result = null, bool IsSlow = false)
{
    /// <summary>From 0 to 1, 1 not reached: the scale of a probability.</summary>
    public static readonly AffineScale Probabilities = AffineScale.PerTensor(1f / 256, sbyte.MinValue);

    /// <summary>Whether all floats that it reads and computes have one scale.</summary>
    public bool SharesScale => Kind != IntegerKind.Computing;
}

/// <summary>A step of a graph as far as the plan is concerned. Tensors are numbers.</summary>
/// <param name="Kernel">Its 8-bit kernel; null where it has none and computes with floats.</param>
/// <param name="Activations">The floats that it reads and that are computed or fed.</param>
/// <param name="Constants">The constants that must have the scale of its results.</param>
/// <param name="Outputs">What it computes.</param>
/// <param name="Excludes">Whether it takes elements out by a constant beyond all others, as masks do: 8 bits have no room for both.</param>
internal sealed record PlannedStep(
    IntegerKernel? Kernel, IReadOnlyList<int> Activations, IReadOnlyList<int> Constants, IReadOnlyList<int> Outputs, bool Excludes)
{
    /// <summary>Whether a constant is beyond what activations hold.</summary>
    public static bool IsBeyond(FloatConstant constant)
    {
        const float Beyond = 1e6f;
        var range = TensorRange.Of(constant.Read());
        return !(Math.Max(-range.Minimum, range.Maximum) < Beyond);
    }
}

/// <summary>Which steps of a graph compute with 8-bit integers, and which of its tensors must have the same scale.</summary>
internal sealed class IntegerPlan
{
    private readonly IReadOnlyList<PlannedStep> _steps;
    private readonly bool[] _isInteger;
    private readonly Dictionary<int, int> _producers = [];
    private readonly ScaleGroups _groups;
    private readonly Dictionary<int, List<int>> _sources = [];
    private readonly Dictionary<int, List<int>> _constants = [];

    /// <summary>Plans for a graph of floats.</summary>
    /// <param name="steps">Its steps in the order in which they run.</param>
    /// <param name="outputs">The tensors that a caller reads.</param>
    /// <param name="tensors">Number of tensors.</param>
    public IntegerPlan(IReadOnlyList<PlannedStep> steps, IReadOnlySet<int> outputs, int tensors)
    {
        _steps = steps;
        // What computes with constants alone has nothing to be measured.
        _isInteger = [.. steps.Select(step => step.Kernel is { } kernel && (kernel.SharesScale || step.Activations.Count > 0))];
        _groups = new ScaleGroups(tensors);
        for (var step = 0; step < steps.Count; step++)
        {
            foreach (var output in steps[step].Outputs)
            {
                _producers[output] = step;
            }
        }

        KeepExcludedFloats();
        KeepFloatsTogether(outputs);
        JoinScales();
        FindSources();
    }

    /// <summary>The tensors whose ranges have to be measured.</summary>
    public IReadOnlyList<int> Measured =>
        [.. _sources.Where(group => FixedScale(group.Key) is null).SelectMany(group => group.Value).Order()];

    /// <summary>Whether a step computes with integers.</summary>
    public bool IsIntegerStep(int step) => _isInteger[step];

    /// <summary>Whether a tensor is computed as integers.</summary>
    public bool IsInteger(int tensor) => _producers.TryGetValue(tensor, out var producer) && _isInteger[producer];

    /// <summary>The scale of an activation's integers, which it has in common with its group.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="ranges">The range of a tensor or of a constant.</param>
    public AffineScale ScaleOf(int tensor, Func<int, TensorRange> ranges)
    {
        var group = _groups.Of(tensor);
        if (FixedScale(group) is { } scale)
        {
            return scale;
        }

        var range = _sources[group].Concat(_constants.GetValueOrDefault(group, [])).Select(ranges)
            .Aggregate((all, next) => all.With(next));
        return AffineScale.Spanning(range);
    }

    /// <summary>The scale that all of a group's values come with; null where they come with several, or with what their ranges
    /// give.</summary>
    private AffineScale? FixedScale(int group)
    {
        var scales = _sources[group].Select(source => IsInteger(source) ? _steps[_producers[source]].Kernel!.Result : null).Distinct();
        return scales.ToList() is [{ } only] && !_constants.ContainsKey(group) ? only : null;
    }

    /// <summary>What is out of all range stays a float until a function brings it back.</summary>
    private void KeepExcludedFloats()
    {
        var beyond = new HashSet<int>();
        for (var i = 0; i < _steps.Count; i++)
        {
            if (_steps[i].Excludes || _steps[i].Activations.Any(beyond.Contains))
            {
                _isInteger[i] &= _steps[i].Kernel is { IsSlow: true };
                if (_steps[i].Kernel?.Result is null && !_isInteger[i])
                {
                    beyond.UnionWith(_steps[i].Outputs);
                }
            }
        }
    }

    /// <summary>Becoming integers between floats costs two operators and is less exact, so only what is slow in floats does. What moves
    /// floats to where they are read stays with them as well.</summary>
    private void KeepFloatsTogether(IReadOnlySet<int> outputs)
    {
        for (var i = 0; i < _steps.Count; i++)
        {
            if (_isInteger[i] && !_steps[i].Kernel!.IsSlow && _steps[i].Activations.Count > 0
                && _steps[i].Activations.All(input => _producers.ContainsKey(input) && !IsInteger(input)))
            {
                _isInteger[i] = false;
            }
        }

        var readers = _steps.SelectMany((step, place) => step.Activations.Select(input => (input, place))).ToLookup(
            read => read.input, read => read.place);
        for (var i = _steps.Count - 1; i >= 0; i--)
        {
            if (_isInteger[i] && _steps[i].Kernel!.Kind == IntegerKind.Moving
                && _steps[i].Outputs.All(output => !outputs.Contains(output) && readers[output].All(reader => !_isInteger[reader])))
            {
                _isInteger[i] = false;
            }
        }
    }

    private IEnumerable<PlannedStep> IntegerSteps => _steps.Where((_, place) => _isInteger[place]);

    private void JoinScales()
    {
        foreach (var step in IntegerSteps.Where(step => step.Kernel!.SharesScale))
        {
            foreach (var tensor in step.Activations.Concat(step.Outputs))
            {
                _groups.Join(step.Outputs[0], tensor);
            }
        }
    }

    /// <summary>Where the values of each group come from: what steps with a common scale give, they got.</summary>
    private void FindSources()
    {
        foreach (var step in IntegerSteps)
        {
            foreach (var input in step.Activations.Where(input => !IsInteger(input)))
            {
                Add(_sources, input, input);
            }

            if (!step.Kernel!.SharesScale)
            {
                step.Outputs.ToList().ForEach(output => Add(_sources, output, output));
                continue;
            }

            foreach (var constant in step.Constants)
            {
                Add(_constants, step.Outputs[0], constant);
            }
        }

        // A group may come from constants alone: rows of a table.
        foreach (var group in _constants.Keys)
        {
            _sources.TryAdd(group, []);
        }
    }

    private void Add(Dictionary<int, List<int>> lists, int member, int tensor)
    {
        var group = _groups.Of(member);
        if (!lists.TryGetValue(group, out var list))
        {
            lists[group] = list = [];
        }

        if (!list.Contains(tensor))
        {
            list.Add(tensor);
        }
    }
}

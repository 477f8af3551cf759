using System.Globalization;
using EdgeBench.Models.Graphs;

namespace EdgeBench.Models.Passes;

/// <summary>
/// Turns scans of so many steps that writing them out would make a file too slow to load into loops. Some steps come before the loop, as
/// it needs states of the right batch; a turn of the loop has many steps, since TFLite copies all values that go round twice a turn; and a
/// long sequence has several loops one behind the other, so that a turn copies only a part of it.
/// </summary>
internal static class LoopScans
{
    /// <summary>Operators that are written out at most.</summary>
    private const int MostOperators = 2_000;

    /// <summary>Operators of one turn, about.</summary>
    private const int OperatorsOfTurn = 400;

    /// <summary>Steps of one loop, about.</summary>
    private const int StepsOfLoop = 1_024;

    public static Graph Run(Graph graph, List<string> changes)
    {
        var uses = new GraphUses(graph);
        return GraphEditing.ReplaceEach(graph, changes, step =>
            step.Operation is Scan scan && (long)scan.Count(step) * scan.Step.Operators.Count > MostOperators
                ? (new ScanLoops(step, scan, OperatorsOfTurn, StepsOfLoop).Build(uses), string.Create(
                    CultureInfo.InvariantCulture, $"put the {scan.Count(step)} steps of {GraphEditing.Describe(step)} into loops"))
                : null);
    }
}

/// <summary>One scan as loops.</summary>
internal sealed class ScanLoops
{
    private readonly Operator _step;
    private readonly Scan _scan;
    private readonly List<Operator> _steps = [];
    private readonly int _count;
    private readonly int _stepsOfTurn;
    private readonly int _turns;
    private readonly int _loops;

    /// <summary>Decides how the steps are divided.</summary>
    public ScanLoops(Operator step, Scan scan, int operatorsOfTurn, int stepsOfLoop)
    {
        (_step, _scan, _count) = (step, scan, scan.Count(step));
        _stepsOfTurn = Math.Clamp(operatorsOfTurn / scan.Step.Operators.Count, 1, Math.Max(_count / 4, 1));
        _loops = (_count + stepsOfLoop - 1) / stepsOfLoop;
        _turns = Math.Max((_count - 1) / (_loops * _stepsOfTurn), 1);
    }

    private int StepsOfLoop => _turns * _stepsOfTurn;

    /// <summary>The operators that compute the same.</summary>
    public IReadOnlyList<Operator> Build(GraphUses uses)
    {
        // The first steps are those that do not fill a loop, and at least one.
        var before = _count - (_loops * StepsOfLoop);
        var states = _step.Inputs.Take(_scan.States).ToList();
        var parts = new List<List<Value>> { Some(states, 0, before) };
        for (var loop = 0; loop < _loops; loop++)
        {
            states = [.. parts[^1].Take(_scan.States)];
            parts.Add(Loop(states, before + (loop * StepsOfLoop), parts[0]));
        }

        for (var i = 0; i < _scan.States; i++)
        {
            _steps.Add(new Operator(new Identity(), [parts[^1][i]], [_step.Outputs[i]], _step.Sources));
        }

        for (var i = _scan.States; i < _step.Outputs.Count; i++)
        {
            if (uses.IsUsed(_step.Outputs[i]))
            {
                var ordered = parts.ConvertAll(part => part[i]);
                if (_scan.Backwards)
                {
                    ordered.Reverse();
                }

                _steps.Add(new Operator(new Concatenation(1), ordered, [_step.Outputs[i]], _step.Sources));
            }
        }

        return _steps;
    }

    /// <summary>Some steps from a place on (counted in the order in which they run), as a scan that is written out later.</summary>
    private List<Value> Some(List<Value> states, int first, int count)
    {
        var outputs = Outputs(count);
        _steps.Add(new Operator(
            _scan, [.. states, .. _step.Inputs.Skip(_scan.States).Select(whole => Slice(whole, first, count))], outputs, _step.Sources));
        return outputs;
    }

    /// <summary>A loop over so many turns, with graphs of its own: TFLite 2.9.0 crashes where two loops share them. What it fills begins as
    /// anything of the right shape.</summary>
    private List<Value> Loop(List<Value> states, int first, List<Value> before)
    {
        var outputs = Outputs(StepsOfLoop);
        var filled = outputs.Skip(_scan.States).Select((output, i) =>
        {
            var piece = Slice(before[_scan.States + i], 0, 1, before[_scan.States].Shape[1]);
            return Emit(new Tile([1, StepsOfLoop, .. Enumerable.Repeat(1, output.Rank - 2)]), output.Shape, output.Type, piece);
        }).ToList();
        var turn = new Value("turn", [], ElementType.Int32);
        _steps.Add(new Operator(
            new WhileLoop(Condition(), Body()),
            [
                Whole("first_turn", 0), .. states,
                .. _step.Inputs.Skip(_scan.States).Select(whole => Slice(whole, first, StepsOfLoop)), .. filled,
            ],
            [
                turn, .. outputs.Take(_scan.States),
                .. _step.Inputs.Skip(_scan.States).Select(whole => Like(whole, StepsOfLoop)), .. outputs.Skip(_scan.States),
            ],
            _step.Sources));
        return outputs;
    }

    private Graph Condition()
    {
        var inputs = GoRound();
        var again = new Value("again", [], ElementType.Bool);
        return Graph(
            inputs, [again],
            [new Operator(new Comparison(ComparisonKind.Less), [inputs[0], Whole("turns", _turns)], [again], _step.Sources)]);
    }

    private Graph Body()
    {
        var inputs = GoRound();
        var (turn, sequences) = (inputs[0], inputs.Skip(1 + _scan.States).Take(_step.Inputs.Count - _scan.States).ToList());
        var body = new List<Operator>();
        var reached = _scan.Backwards
            ? On(body, new Arithmetic(ArithmeticKind.Subtract), [], ElementType.Int32, Whole("last_turn", _turns - 1), turn)
            : turn;
        var place = On(
            body, new Arithmetic(ArithmeticKind.Multiply), [], ElementType.Int32, reached, Whole("steps", _stepsOfTurn));
        var range = Value.Of(
            "range", [_stepsOfTurn], ElementType.Int32, [.. Enumerable.Range(0, _stepsOfTurn).Select(number => (double)number)]);
        var places = On(body, new Arithmetic(ArithmeticKind.Add), [_stepsOfTurn], ElementType.Int32, place, range);
        var blocks = sequences.ConvertAll(whole => On(
            body, new Gather(1), [whole.Shape[0], _stepsOfTurn, .. whole.Shape.Skip(2)], whole.Type, whole, places));
        var results = Outputs(_stepsOfTurn);
        body.Add(new Operator(_scan, [.. inputs.Skip(1).Take(_scan.States), .. blocks], results, _step.Sources));
        var filled = results.Skip(_scan.States).Zip(inputs.Skip(1 + _scan.States + sequences.Count), (block, whole) =>
        {
            var axis = Value.Of(
                "steps_axis", [whole.Rank], ElementType.Int32, [.. Enumerable.Range(0, whole.Rank).Select(i => i == 1 ? 1.0 : 0.0)]);
            var begin = On(body, new Arithmetic(ArithmeticKind.Multiply), [whole.Rank], ElementType.Int32, place, axis);
            return On(body, new PartReplacement(), whole.Shape, whole.Type, whole, block, begin);
        }).ToList();
        var next = On(body, new Arithmetic(ArithmeticKind.Add), [], ElementType.Int32, turn, Whole("one", 1));
        return Graph(inputs, [next, .. results.Take(_scan.States), .. sequences, .. filled], body);
    }

    /// <summary>The turn, the states, a loop's part of each sequence, and what it fills.</summary>
    private List<Value> GoRound() =>
    [
        new("turn", [], ElementType.Int32),
        .. _step.Inputs.Take(_scan.States).Select(state => new Value(state.Name, state.Shape, state.Type)),
        .. _step.Inputs.Skip(_scan.States).Select(whole => Like(whole, StepsOfLoop)),
        .. Outputs(StepsOfLoop).Skip(_scan.States),
    ];

    /// <summary>Values like the outputs of the scan, of so many steps.</summary>
    private List<Value> Outputs(int count) =>
        [.. _step.Outputs.Select((output, i) => i < _scan.States ? new Value(output.Name, output.Shape, output.Type) : Like(output, count))];

    private static Value Like(Value whole, int count) => new(whole.Name, [whole.Shape[0], count, .. whole.Shape.Skip(2)], whole.Type);

    /// <summary>A part of a sequence, from a place on in the order in which the steps run.</summary>
    private Value Slice(Value whole, int first, int count) => Slice(whole, first, count, _count);

    private Value Slice(Value whole, int first, int count, int all)
    {
        if (count == all)
        {
            return whole;
        }

        var begin = new int[whole.Rank];
        begin[1] = _scan.Backwards ? all - first - count : first;
        var shape = Like(whole, count).Shape;
        return Emit(new Slicing(begin, shape, [.. Enumerable.Repeat(1, whole.Rank)], []), shape, whole.Type, whole);
    }

    private Value Emit(Operation operation, IReadOnlyList<int> shape, ElementType type, params Value[] inputs) =>
        On(_steps, operation, shape, type, inputs);

    private Value On(List<Operator> steps, Operation operation, IReadOnlyList<int> shape, ElementType type, params Value[] inputs)
    {
        var output = new Value(_step.Output.Name, shape, type);
        steps.Add(new Operator(operation, inputs, [output], _step.Sources));
        return output;
    }

    private static Value Whole(string name, int number) => Value.Of(name, [], ElementType.Int32, [number]);

    private Graph Graph(List<Value> inputs, List<Value> outputs, List<Operator> steps) => new(
        _step.Output.Name, [.. inputs.Select(input => new GraphTensor(input.Name, input))],
        [.. outputs.Select(output => new GraphTensor(output.Name, output))], steps);
}

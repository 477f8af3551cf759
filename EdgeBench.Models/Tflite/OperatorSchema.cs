using System.Collections.Frozen;

namespace EdgeBench.Models.Tflite;

/// <summary>How an option lies in its table.</summary>
internal enum OptionKind
{
    Byte,
    Boolean,
    Int,
    Float,
}

/// <summary>An option of a builtin operator.</summary>
/// <param name="Name">Its name in the schema, as JSON spells it.</param>
/// <param name="Kind">How it lies in its table.</param>
/// <param name="Default">Its value where the table leaves it out.</param>
internal sealed record OptionField(string Name, OptionKind Kind, double Default = 0);

/// <summary>The options of a builtin operator.</summary>
/// <param name="Type">Number of their table in the union <c>BuiltinOptions</c>; 0 where the operator has none.</param>
/// <param name="Fields">The fields in the order of their slots.</param>
internal sealed record OperatorSchema(byte Type, IReadOnlyList<OptionField> Fields)
{
    private const string Activation = "fusedActivationFunction";

    private static readonly FrozenDictionary<BuiltinOperator, OperatorSchema> Known = new Dictionary<BuiltinOperator, OperatorSchema>
    {
        [BuiltinOperator.Add] = new(11, [Byte(Activation)]),
        [BuiltinOperator.AveragePool2D] = Pool,
        [BuiltinOperator.Concatenation] = new(10, [Int("axis"), Byte(Activation)]),
        [BuiltinOperator.Conv2D] = new(
            1, [Byte("padding"), Int("strideW"), Int("strideH"), Byte(Activation), Int("dilationWFactor", 1), Int("dilationHFactor", 1)]),
        [BuiltinOperator.DepthwiseConv2D] = new(
            2,
            [
                Byte("padding"), Int("strideW"), Int("strideH"), Int("depthMultiplier"), Byte(Activation), Int("dilationWFactor", 1),
                Int("dilationHFactor", 1),
            ]),
        [BuiltinOperator.FullyConnected] = new(
            8, [Byte(Activation), Byte("weightsFormat"), Boolean("keepNumDims"), Boolean("asymmetricQuantizeInputs")]),
        [BuiltinOperator.MaxPool2D] = Pool,
        [BuiltinOperator.Mul] = new(21, [Byte(Activation)]),
        [BuiltinOperator.Reshape] = new(17, []),
        [BuiltinOperator.Softmax] = new(9, [new("beta", OptionKind.Float)]),
        [BuiltinOperator.Pad] = new(22, []),
        [BuiltinOperator.Transpose] = new(26, []),
        [BuiltinOperator.Mean] = Reducer,
        [BuiltinOperator.Sub] = new(28, [Byte(Activation)]),
        [BuiltinOperator.Div] = new(29, [Byte(Activation)]),
        [BuiltinOperator.Exp] = new(33, []),
        [BuiltinOperator.Split] = new(35, [Int("numSplits")]),
        [BuiltinOperator.LogSoftmax] = new(36, []),
        [BuiltinOperator.Maximum] = new(39, []),
        [BuiltinOperator.Minimum] = new(39, []),
        [BuiltinOperator.PadV2] = new(43, []),
        [BuiltinOperator.UnidirectionalSequenceRnn] = new(31, [Boolean("timeMajor"), Byte(Activation)]),
        [BuiltinOperator.UnidirectionalSequenceLstm] = new(
            71, [Byte(Activation), new("cellClip", OptionKind.Float), new("projClip", OptionKind.Float), Boolean("timeMajor")]),
        [BuiltinOperator.Greater] = new(44, []),
        [BuiltinOperator.ReduceMax] = Reducer,
        [BuiltinOperator.SpaceToDepth] = new(19, [Int("blockSize")]),
        [BuiltinOperator.Unpack] = new(64, [Int("num"), Int("axis")]),
        [BuiltinOperator.DepthToSpace] = new(94, [Int("blockSize")]),
        [BuiltinOperator.Square] = new(66, []),
        [BuiltinOperator.LeakyRelu] = new(75, [new("alpha", OptionKind.Float)]),
        [BuiltinOperator.Abs] = new(78, []),
        [BuiltinOperator.Quantize] = new(89, []),
        [BuiltinOperator.Dequantize] = new(38, []),
        [BuiltinOperator.While] = new(93, [Int("condSubgraphIndex"), Int("bodySubgraphIndex")]),
        [BuiltinOperator.DynamicUpdateSlice] = new(117, []),
        [BuiltinOperator.HardSwish] = new(91, []),
        [BuiltinOperator.SelectV2] = new(98, []),
        [BuiltinOperator.L2Normalization] = new(12, [Byte(Activation)]),
        [BuiltinOperator.Gather] = new(23, [Int("axis"), Int("batchDims")]),
        [BuiltinOperator.StridedSlice] = new(
            32, [Int("beginMask"), Int("endMask"), Int("ellipsisMask"), Int("newAxisMask"), Int("shrinkAxisMask")]),
        [BuiltinOperator.Cast] = new(37, [Byte("inDataType"), Byte("outDataType")]),
        [BuiltinOperator.ArgMax] = new(40, [Byte("outputType")]),
        [BuiltinOperator.Less] = new(41, []),
        [BuiltinOperator.Neg] = new(42, []),
        [BuiltinOperator.GreaterEqual] = new(45, []),
        [BuiltinOperator.LessEqual] = new(46, []),
        [BuiltinOperator.Slice] = new(48, []),
        [BuiltinOperator.Tile] = new(51, []),
        [BuiltinOperator.Equal] = new(53, []),
        [BuiltinOperator.NotEqual] = new(54, []),
        [BuiltinOperator.Pow] = new(56, []),
        [BuiltinOperator.ArgMin] = new(57, [Byte("outputType")]),
        [BuiltinOperator.Pack] = new(59, [Int("valuesCount"), Int("axis")]),
        [BuiltinOperator.LogicalOr] = new(60, []),
        [BuiltinOperator.OneHot] = new(61, [Int("axis")]),
        [BuiltinOperator.LogicalAnd] = new(62, []),
        [BuiltinOperator.LogicalNot] = new(63, []),
        [BuiltinOperator.FloorDiv] = new(65, []),
        [BuiltinOperator.FloorMod] = new(72, []),
        [BuiltinOperator.SquaredDifference] = new(76, []),
        [BuiltinOperator.SplitV] = new(79, [Int("numSplits")]),
        [BuiltinOperator.ReverseV2] = new(81, []),
        [BuiltinOperator.Cos] = new(84, []),
        [BuiltinOperator.BatchMatMul] = new(101, [Boolean("adjX"), Boolean("adjY")]),
        [BuiltinOperator.CumSum] = new(102, [Boolean("exclusive"), Boolean("reverse")]),
        [BuiltinOperator.Sum] = Reducer,
        [BuiltinOperator.ReduceProd] = Reducer,
        [BuiltinOperator.ReduceMin] = Reducer,
        [BuiltinOperator.ReduceAny] = Reducer,
        [BuiltinOperator.ReduceAll] = Reducer,
        [BuiltinOperator.Conv3D] = Volume,
        [BuiltinOperator.Conv3DTranspose] = Volume,
        [BuiltinOperator.ResizeBilinear] = new(
            15, [Int("newHeight"), Int("newWidth"), Boolean("alignCorners"), Boolean("halfPixelCenters")]),
        [BuiltinOperator.ResizeNearestNeighbor] = new(74, [Boolean("alignCorners"), Boolean("halfPixelCenters")]),
        [BuiltinOperator.TransposeConv] = new(49, [Byte("padding"), Int("strideW"), Int("strideH")]),
        [BuiltinOperator.Gelu] = new(116, [Boolean("approximate")]),
    }.ToFrozenDictionary();

    private static readonly OperatorSchema None = new(0, []);

    private static OperatorSchema Pool => new(
        5, [Byte("padding"), Int("strideW"), Int("strideH"), Int("filterWidth"), Int("filterHeight"), Byte(Activation)]);

    private static OperatorSchema Reducer => new(27, [Boolean("keepDims")]);
    private static OperatorSchema Volume => new(
        106,
        [
            Byte("padding"), Int("strideD"), Int("strideW"), Int("strideH"), Byte(Activation), Int("dilationDFactor", 1),
            Int("dilationWFactor", 1), Int("dilationHFactor", 1),
        ]);

    /// <summary>The options of an operator; none for those that are only read.</summary>
    public static OperatorSchema Of(BuiltinOperator code) => Known.GetValueOrDefault(code, None);

    private static OptionField Byte(string name) => new(name, OptionKind.Byte);

    private static OptionField Boolean(string name) => new(name, OptionKind.Boolean);

    private static OptionField Int(string name, int whenLeftOut = 0) => new(name, OptionKind.Int, whenLeftOut);
}

namespace EdgeBench.Models.Tflite;

/// <summary>The first release of TFLite that knows an operator, which a file tells in its metadata.</summary>
internal static class RuntimeVersions
{
    /// <summary>As <c>tensorflow/lite/tools/versioning/runtime_version.cc</c> has them, for float tensors.</summary>
    /// <param name="operators">The operators of a file, with their versions.</param>
    public static Version Oldest(IEnumerable<(BuiltinOperator Code, int Version)> operators) =>
        operators.Select(step => Of(step.Code, step.Version)).Append(new Version(1, 5, 0)).Max()!;

    private static Version Of(BuiltinOperator code, int version) => (code, version) switch
    {
        (BuiltinOperator.Conv2D, 5) => new(2, 4, 0),
        (BuiltinOperator.DepthwiseConv2D, 6) or (BuiltinOperator.FullyConnected, 9) => new(2, 3, 0),
        (BuiltinOperator.FullyConnected, 5) => new(2, 0, 0),
        (BuiltinOperator.LeakyRelu, 2) => new(2, 3, 0),
        (BuiltinOperator.Relu or BuiltinOperator.Relu6 or BuiltinOperator.ReluN1To1, 2) => new(2, 1, 0),
        (BuiltinOperator.Dequantize, 3) or (BuiltinOperator.Quantize, 2) => new(1, 15, 0),
        (BuiltinOperator.Conv2D or BuiltinOperator.DepthwiseConv2D, 3) or (BuiltinOperator.FullyConnected, 4)
            or (BuiltinOperator.Quantize or BuiltinOperator.Dequantize, _) or (BuiltinOperator.ReduceMax or BuiltinOperator.ReduceMin, 2)
            or (BuiltinOperator.Add or BuiltinOperator.Sub or BuiltinOperator.Mul or BuiltinOperator.Mean or BuiltinOperator.Softmax, 2)
            or (BuiltinOperator.AveragePool2D or BuiltinOperator.MaxPool2D or BuiltinOperator.Concatenation, 2)
            or (BuiltinOperator.Pad or BuiltinOperator.PadV2 or BuiltinOperator.Transpose or BuiltinOperator.StridedSlice, 2)
            or (BuiltinOperator.Split or BuiltinOperator.Gather or BuiltinOperator.Pack or BuiltinOperator.SplitV, 2) => new(1, 14, 0),
        (BuiltinOperator.DepthwiseConv2D, 2) => new(1, 12, 0),
        (BuiltinOperator.Gelu or BuiltinOperator.DynamicUpdateSlice, _) => new(2, 9, 0),
        (BuiltinOperator.While, _) => new(1, 15, 0),
        (BuiltinOperator.CumSum, _) or (BuiltinOperator.FloorDiv, 2) or (BuiltinOperator.Slice, 5) => new(2, 4, 0),
        (BuiltinOperator.DepthToSpace, _) => new(2, 1, 0),
        (BuiltinOperator.Unpack, _) => new(1, 14, 0),
        (BuiltinOperator.BatchMatMul, _) => new(2, 3, 0),
        (BuiltinOperator.Conv3DTranspose, _) => new(2, 6, 0),
        (BuiltinOperator.Conv3D, _) => new(2, 5, 0),
        (BuiltinOperator.TransposeConv, 3) => new(2, 3, 0),
        (BuiltinOperator.ResizeNearestNeighbor, 3) => new(2, 3, 0),
        (BuiltinOperator.ResizeBilinear, 3) => new(2, 2, 0),
        (BuiltinOperator.SelectV2, _) => new(2, 2, 0),
        (BuiltinOperator.Transpose, 4) or (BuiltinOperator.StridedSlice, 4) => new(2, 1, 0),
        (BuiltinOperator.Round or BuiltinOperator.Cos or BuiltinOperator.ReverseV2 or BuiltinOperator.ReduceAll, _) => new(1, 14, 0),
        (BuiltinOperator.SquaredDifference or BuiltinOperator.FloorMod or BuiltinOperator.SplitV or BuiltinOperator.Ceil, _) =>
            new(1, 13, 1),
        (BuiltinOperator.FloorDiv, _) => new(1, 13, 0),
        (BuiltinOperator.Pack or BuiltinOperator.OneHot or BuiltinOperator.LogicalOr or BuiltinOperator.LogicalAnd
            or BuiltinOperator.LogicalNot or BuiltinOperator.ReduceMin or BuiltinOperator.ReduceProd or BuiltinOperator.ReduceAny, _) =>
            new(1, 11, 0),
        (BuiltinOperator.Sum or BuiltinOperator.Rsqrt or BuiltinOperator.Pow or BuiltinOperator.Tile or BuiltinOperator.Less
            or BuiltinOperator.LessEqual or BuiltinOperator.GreaterEqual or BuiltinOperator.Equal or BuiltinOperator.NotEqual
            or BuiltinOperator.Slice or BuiltinOperator.Sin or BuiltinOperator.ArgMax or BuiltinOperator.ArgMin, _) => new(1, 14, 0),
        (BuiltinOperator.Neg, _) => new(1, 9, 0),
        (BuiltinOperator.StridedSlice or BuiltinOperator.Gather, _) => new(1, 6, 0),
        (BuiltinOperator.Cast, _) => new(1, 5, 0),
        (BuiltinOperator.HardSwish, _) => new(1, 15, 0),
        (BuiltinOperator.Maximum or BuiltinOperator.Minimum or BuiltinOperator.Tanh or BuiltinOperator.Logistic
            or BuiltinOperator.LogSoftmax or BuiltinOperator.Greater or BuiltinOperator.Elu or BuiltinOperator.Log, _) => new(1, 14, 0),
        (BuiltinOperator.ResizeNearestNeighbor, _) => new(1, 13, 1),
        (BuiltinOperator.UnidirectionalSequenceRnn, _) => new(1, 14, 0),
        (BuiltinOperator.LeakyRelu or BuiltinOperator.UnidirectionalSequenceLstm, _) => new(1, 13, 1),
        (BuiltinOperator.Abs, _) => new(1, 13, 0),
        (BuiltinOperator.Square, _) => new(1, 12, 0),
        (BuiltinOperator.ReduceMax, _) => new(1, 11, 0),
        (BuiltinOperator.Sqrt, _) => new(1, 10, 0),
        (BuiltinOperator.TransposeConv, _) => new(1, 9, 0),
        (BuiltinOperator.PRelu, _) => new(1, 8, 0),
        (BuiltinOperator.ResizeBilinear, _) => new(1, 7, 0),
        (BuiltinOperator.PadV2, _) => new(1, 9, 0),
        (BuiltinOperator.Exp, _) => new(1, 7, 0),
        (BuiltinOperator.Sub or BuiltinOperator.Div or BuiltinOperator.Mean or BuiltinOperator.Transpose, _) => new(1, 6, 0),
        _ => new(1, 5, 0),
    };
}

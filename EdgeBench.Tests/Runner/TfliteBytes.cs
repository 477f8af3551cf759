using System.Runtime.InteropServices;
using Google.FlatBuffers;

namespace EdgeBench.Tests.Runner;

/// <summary>Tiny TensorFlow Lite models, written field by field (the numbers are those of schema.fbs, version 3).</summary>
internal static class TfliteBytes
{
    public const int Add = 0;
    public const int Conv2D = 3;
    public const int FullyConnected = 9;
    public const int Relu = 19;
    public const int Reshape = 22;
    public const int Svdf = 27;
    public const int CustomOperator = 32;
    public const int Exp = 47;
    public const int ShapeOf = 77;

    public const sbyte Float = 0;
    public const sbyte Int32 = 2;
    public const sbyte Text = 5;
    public const sbyte Int8 = 9;

    /// <summary>y = x + x, by the signature's names; x is [batch, 4], a batch of -1 is open.</summary>
    public static byte[] Doubling(int batch = 1) => Model(
        [new Code(Add)],
        [new Tensor("serving_default_x:0", [batch, 4]), new Tensor("StatefulPartitionedCall:0", [batch, 4])],
        [new Node(0, [0, 0], [1], OptionsType: 11)],
        signature: (["x"], ["y"]));

    /// <summary>y = relu(x) for x of any type and shape, without a signature; the operator has a version.</summary>
    public static byte[] Rectified(int[] shape, sbyte type = Float, int operation = Relu, int version = 1) => Model(
        [new Code(operation, version)], [new Tensor("x", shape, type), new Tensor("y", shape, type)], [new Node(0, [0], [1])]);

    /// <summary>y is the sum of this and the last run's x, so that it tells whether the variable was reset.</summary>
    public static byte[] Remembering() => Model(
        [new Code(Svdf)],
        [
            new Tensor("x", [1, 1]), new Tensor("feature", [1, 1], Values: Floats(1)), new Tensor("time", [1, 2], Values: Floats(1, 1)),
            new Tensor("state", [1, 2], IsVariable: true), new Tensor("y", [1, 1]),
        ],
        [new Node(0, [0, 1, 2, -1, 3], [4], OptionsType: 6, Options: builder =>
        {
            builder.StartTable(3);
            builder.AddInt(0, 1, 0);
            return builder.EndTable();
        })]);

    /// <summary>A batch normalised away: y = shape(x), which only a run tells to those behind it; y's reshape has no size before.</summary>
    public static byte[] Dynamic() => Model(
        [new Code(Reshape)],
        [new Tensor("x", [4]), new Tensor("size", [2], Int32), new Tensor("y", [2, 2])],
        [new Node(0, [0, 1], [2], OptionsType: 17)]);

    /// <summary>y = relu(exp(relu(x))); XNNPACK has no exponential.</summary>
    public static byte[] Exponential() => Model(
        [new Code(Relu), new Code(Exp)],
        [.. Enumerable.Range(0, 4).Select(index => new Tensor($"t{index}", [1, 4]))],
        [new Node(0, [0], [1]), new Node(1, [1], [2]), new Node(0, [2], [3])]);

    /// <summary>A model whose operator codes are those given, and whose graph is empty.</summary>
    public static byte[] Codes(params Code[] codes) => Codes(codes, used: false);

    /// <summary>A model whose operator codes are those given, each used once or not at all.</summary>
    public static byte[] Codes(Code[] codes, bool used) => Model(
        codes, [.. Enumerable.Range(0, codes.Length + 1).Select(index => new Tensor($"t{index}", [1, 4]))],
        used ? [.. codes.Select((_, index) => new Node(index, [index], [index + 1]))] : []);

    /// <summary>A model with one operator of an author's own.</summary>
    public static byte[] Custom(string name) => Model(
        [new Code(CustomOperator, Custom: name)], [new Tensor("x", [1, 4]), new Tensor("y", [1, 4])], [new Node(0, [0], [1])]);

    /// <summary>y = x W with int8 values and as many scales of W as are given.</summary>
    public static byte[] QuantizedDense(params float[] scales) => Model(
        [new Code(FullyConnected, 4)],
        [
            new Tensor("x", [1, 2], Int8, Scales: [0.5f]), new Tensor("W", [2, 2], Int8, [1, 2, 3, 4], Scales: scales),
            new Tensor("y", [1, 2], Int8, Scales: [0.5f]),
        ],
        [new Node(0, [0, 1, -1], [2], OptionsType: 8)]);

    /// <summary>A convolution of ones over an image with SAME padding.</summary>
    /// <param name="size">Height and width of the image.</param>
    /// <param name="kernel">Height and width of the kernel.</param>
    /// <param name="strides">Down and to the right.</param>
    public static byte[] Convolution(int[] size, int[] kernel, int[] strides)
    {
        int[] computed = [.. size.Zip(strides, (length, stride) => (length + stride - 1) / stride)];
        return Model(
            [new Code(Conv2D)],
            [
                new Tensor("x", [1, .. size, 1]),
                new Tensor("W", [1, .. kernel, 1], Values: Floats([.. Enumerable.Repeat(1f, kernel[0] * kernel[1])])),
                new Tensor("b", [1], Values: Floats(0)),
                new Tensor("y", [1, .. computed, 1]),
            ],
            [new Node(0, [0, 1, 2], [3], OptionsType: 1, Options: builder =>
            {
                builder.StartTable(6);
                builder.AddInt(1, strides[1], 0);
                builder.AddInt(2, strides[0], 0);
                return builder.EndTable();
            })]);
    }

    public static byte[] Model(Code[] codes, Tensor[] tensors, Node[] nodes, (string[] Inputs, string[] Outputs)? signature = null)
    {
        var constant = tensors.Where(tensor => tensor.Values is not null || tensor.IsVariable).ToHashSet();
        var produced = nodes.SelectMany(node => node.Outputs).ToHashSet();
        int[] inputs =
            [.. Enumerable.Range(0, tensors.Length).Where(index => !produced.Contains(index) && !constant.Contains(tensors[index]))];
        int[] outputs = produced.Count > 0 ? [.. produced.Where(index => !nodes.Any(node => node.Inputs.Contains(index)))] : inputs;

        var builder = new FlatBufferBuilder(1024);
        var buffers = new List<VectorOffset?> { null };
        var tensorTables = tensors.Select(tensor => WriteTensor(builder, tensor, buffers)).ToArray();
        var nodeTables = nodes.Select(node => WriteNode(builder, node)).ToArray();
        var codeTables = codes.Select(code => WriteCode(builder, code)).ToArray();
        var bufferTables = buffers.Select(data => Table(builder, 1, () => builder.AddOffset(0, data?.Value ?? 0, 0))).ToArray();
        int tensorVector = Offsets(builder, tensorTables), inputVector = Ints(builder, inputs), outputVector = Ints(builder, outputs);
        int nodeVector = Offsets(builder, nodeTables);
        var graph = Table(builder, 5, () =>
        {
            builder.AddOffset(0, tensorVector, 0);
            builder.AddOffset(1, inputVector, 0);
            builder.AddOffset(2, outputVector, 0);
            builder.AddOffset(3, nodeVector, 0);
        });
        int codeVector = Offsets(builder, codeTables), graphVector = Offsets(builder, [graph]);
        var bufferVector = Offsets(builder, bufferTables);
        var signatureVector = signature is { } names
            ? Offsets(builder, [WriteSignature(builder, names.Inputs, inputs, names.Outputs, outputs)])
            : 0;
        var model = Table(builder, 8, () =>
        {
            builder.AddUint(0, 3, 0);
            builder.AddOffset(1, codeVector, 0);
            builder.AddOffset(2, graphVector, 0);
            builder.AddOffset(4, bufferVector, 0);
            builder.AddOffset(7, signatureVector, 0);
        });
        builder.Finish(model, "TFL3");
        return builder.SizedByteArray();
    }

    public static byte[] Floats(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static int WriteCode(FlatBufferBuilder builder, Code code)
    {
        var custom = code.Custom is null ? 0 : builder.CreateString(code.Custom).Value;
        return Table(builder, 4, () =>
        {
            builder.AddSbyte(0, (sbyte)Math.Min(code.Builtin, 127), 0);
            builder.AddOffset(1, custom, 0);
            builder.AddInt(2, code.Version, 1);
            builder.AddInt(3, code.Builtin, 0);
        });
    }

    private static int WriteTensor(FlatBufferBuilder builder, Tensor tensor, List<VectorOffset?> buffers)
    {
        var buffer = 0;
        if (tensor.Values is { } values)
        {
            builder.StartVector(1, values.Length, 16);
            builder.Add(values);
            buffer = buffers.Count;
            buffers.Add(builder.EndVector());
        }

        var name = builder.CreateString(tensor.Name).Value;
        var shape = Ints(builder, [.. tensor.Shape.Select(size => Math.Max(size, 1))]);
        var signature = tensor.Shape.Any(size => size < 0) ? Ints(builder, tensor.Shape) : 0;
        var quantization = 0;
        if (tensor.Scales is { } scales)
        {
            builder.StartVector(4, scales.Length, 4);
            builder.Add(scales);
            var scale = builder.EndVector().Value;
            builder.StartVector(8, scales.Length, 8);
            builder.Add(new long[scales.Length]);
            var zero = builder.EndVector().Value;
            quantization = Table(builder, 7, () => { builder.AddOffset(2, scale, 0); builder.AddOffset(3, zero, 0); });
        }

        return Table(builder, 8, () =>
        {
            builder.AddOffset(0, shape, 0);
            builder.AddSbyte(1, tensor.Type, 0);
            builder.AddUint(2, (uint)buffer, 0);
            builder.AddOffset(3, name, 0);
            builder.AddOffset(4, quantization, 0);
            builder.AddBool(5, tensor.IsVariable, false);
            builder.AddOffset(7, signature, 0);
        });
    }

    private static int WriteNode(FlatBufferBuilder builder, Node node)
    {
        int inputs = Ints(builder, node.Inputs), outputs = Ints(builder, node.Outputs);
        var options = node.Options is { } write ? write(builder) : node.OptionsType > 0 ? Table(builder, 1, () => { }) : 0;
        return Table(builder, 5, () =>
        {
            builder.AddUint(0, (uint)node.Code, 0);
            builder.AddOffset(1, inputs, 0);
            builder.AddOffset(2, outputs, 0);
            builder.AddByte(3, node.OptionsType, 0);
            builder.AddOffset(4, options, 0);
        });
    }

    private static int WriteSignature(FlatBufferBuilder builder, string[] inputNames, int[] inputs, string[] outputNames, int[] outputs)
    {
        int Entries(string[] names, int[] indices) => Offsets(builder, [.. names.Zip(indices, (name, index) =>
        {
            var text = builder.CreateString(name).Value;
            return Table(builder, 2, () => { builder.AddOffset(0, text, 0); builder.AddUint(1, (uint)index, 0); });
        })]);
        int given = Entries(inputNames, inputs), computed = Entries(outputNames, outputs);
        var key = builder.CreateString("serving_default").Value;
        return Table(builder, 5, () =>
        {
            builder.AddOffset(0, given, 0);
            builder.AddOffset(1, computed, 0);
            builder.AddOffset(2, key, 0);
        });
    }

    private static int Table(FlatBufferBuilder builder, int slots, Action fill)
    {
        builder.StartTable(slots);
        fill();
        return builder.EndTable();
    }

    private static int Offsets(FlatBufferBuilder builder, int[] tables)
    {
        builder.StartVector(4, tables.Length, 4);
        foreach (var table in tables.Reverse())
        {
            builder.AddOffset(table);
        }

        return builder.EndVector().Value;
    }

    private static int Ints(FlatBufferBuilder builder, int[] values)
    {
        builder.StartVector(4, values.Length, 4);
        foreach (var value in values.Reverse())
        {
            builder.AddInt(value);
        }

        return builder.EndVector().Value;
    }

    /// <summary>An operator that a model uses, and which of its versions.</summary>
    public sealed record Code(int Builtin, int Version = 1, string? Custom = null);

    /// <summary>A tensor; a size below zero is open.</summary>
    public sealed record Tensor(
        string Name, int[] Shape, sbyte Type = Float, byte[]? Values = null, bool IsVariable = false, float[]? Scales = null);

    /// <summary>An operator of the graph, by the number of its code and of its tensors.</summary>
    public sealed record Node(
        int Code, int[] Inputs, int[] Outputs, byte OptionsType = 0, Func<FlatBufferBuilder, int>? Options = null);
}

using System.Runtime.InteropServices;
using System.Text;

namespace EdgeBench.Tests.Runner;

/// <summary>Tiny ONNX models, written field by field (the numbers are those of onnx.proto).</summary>
internal static class OnnxBytes
{
    public const int Float = 1;
    public const int Int64 = 7;
    public const int Text = 8;

    /// <summary>A model of opset 13 and IR 7.</summary>
    public static byte[] Model(byte[][] nodes, byte[][] inputs, byte[][] outputs, params byte[][] initializers)
    {
        byte[][] graph =
        [
            .. nodes.Select(node => Field(1, node)), Field(2, "graph"), .. initializers.Select(tensor => Field(5, tensor)),
            .. inputs.Select(value => Field(11, value)), .. outputs.Select(value => Field(12, value)),
        ];
        return Join(Field(1, 7), Field(7, Join(graph)), Field(8, Field(2, 13)));
    }

    public static byte[] Node(string type, string[] inputs, params string[] outputs) =>
        Join([.. inputs.Select(name => Field(1, name)), .. outputs.Select(name => Field(2, name)), Field(4, type)]);

    /// <summary>An input or output; a dimension below zero is open.</summary>
    public static byte[] Value(string name, int type, params long[] shape)
    {
        var dimensions = shape.Select(size => Field(1, size < 0 ? Field(2, "N") : Field(1, size)));
        return Join(Field(1, name), Field(2, Field(1, Join(Field(1, type), Field(2, Join([.. dimensions]))))));
    }

    public static byte[] Weights(string name, float[] values, params long[] shape) => Join(
        [
            .. shape.Select(size => Field(1, size)), Field(2, Float), Field(8, name),
            Field(9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()),
        ]);

    /// <summary>y = softmax(x W), x [1, 4], W [4, 3] = 0, 0.1 ... 1.1.</summary>
    public static byte[] Classifier(long batch = 1) => Model(
        [Node("MatMul", ["x", "W"], "product"), Node("Softmax", ["product"], "y")],
        [Value("x", Float, batch, 4)],
        [Value("y", Float, batch, 3)],
        Weights("W", [.. Enumerable.Range(0, 12).Select(i => i / 10f)], 4, 3));

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] content) =>
        Join(VariableLength((number << 3) | 2), VariableLength(content.Length), content);

    private static byte[] Field(int number, long value) => Join(VariableLength(number << 3), VariableLength(value));

    private static byte[] VariableLength(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    private static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];
}

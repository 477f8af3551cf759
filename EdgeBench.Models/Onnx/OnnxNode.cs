using EdgeBench.Models.Onnx.Wire;

namespace EdgeBench.Models.Onnx;

/// <summary>Attributes of a node by name, with what a missing one means.</summary>
internal static class OnnxNode
{
    /// <summary>A whole number.</summary>
    public static int Int(this NodeProto node, string name, int otherwise) =>
        Find(node, name) is { } attribute ? (int)Math.Clamp(attribute.I, int.MinValue, int.MaxValue) : otherwise;

    /// <summary>Whole numbers; null where they are missing.</summary>
    public static long[]? Ints(this NodeProto node, string name) => Find(node, name)?.Ints.ToArray();

    /// <summary>Numbers; null where they are missing.</summary>
    public static float[]? Floats(this NodeProto node, string name) => Find(node, name)?.Floats.ToArray();

    /// <summary>A text; empty where it is missing.</summary>
    public static string Text(this NodeProto node, string name) => Find(node, name)?.S.ToStringUtf8() ?? "";

    /// <summary>A tensor; null where it is missing.</summary>
    public static TensorProto? Tensor(this NodeProto node, string name) => Find(node, name)?.T;

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
}

namespace EdgeBench.Models.Graphs;

/// <summary>Type of a tensor's elements. What Keras computes in another floating-point type is computed in float32 here.</summary>
internal enum ElementType
{
    Float32,
    Int8,
    UInt8,
    Int32,
    Int64,
    Bool,
}

/// <summary>What is known of the types.</summary>
internal static class ElementTypes
{
    /// <summary>The name that models and callers know it by.</summary>
    public static string Name(this ElementType type) => type switch
    {
        ElementType.Int8 => "int8",
        ElementType.UInt8 => "uint8",
        ElementType.Int32 => "int32",
        ElementType.Int64 => "int64",
        ElementType.Bool => "bool",
        _ => "float32",
    };

    /// <summary>The type for a name of Keras or TensorFlow; null where no runtime takes it.</summary>
    public static ElementType? Of(string name) => name switch
    {
        "float16" or "bfloat16" or "float32" or "float64" or "half" or "double" or "float" => ElementType.Float32,
        "int8" => ElementType.Int8,
        "uint8" => ElementType.UInt8,
        "int32" or "int" => ElementType.Int32,
        "int64" => ElementType.Int64,
        "bool" => ElementType.Bool,
        _ => null,
    };

    /// <summary>Bytes of one element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float32 or ElementType.Int32 => sizeof(int),
        ElementType.Int64 => sizeof(long),
        _ => sizeof(byte),
    };

    /// <summary>The value that a number has once it is stored in a type, as TensorFlow casts it: towards zero, and true where it is not
    /// zero.</summary>
    public static double Cast(this ElementType type, double number) => type switch
    {
        ElementType.Float32 => (float)number,
        ElementType.Bool => number != 0 ? 1 : 0,
        _ => Math.Truncate(number),
    };
}

using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Engines.Tflite;

/// <summary>
/// What a model file says and the library's functions do not: the names of its signature, which dimensions are open, and whether there are
/// variables. The file is a FlatBuffer of TensorFlow Lite's schema, version 3 (<c>tensorflow/lite/schema/schema.fbs</c>), which the library
/// has verified. Only the pages that are read are brought into memory.
/// </summary>
internal sealed unsafe class TfliteFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _bytes;

    private TfliteFile(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _bytes);

        // model: 2 subgraphs, 7 signature_defs; subgraph: 0 tensors, 1 inputs, 2 outputs; tensor: 5 is_variable.
        var model = Read(0);
        var graphs = Tables(Field(model, 2));
        HasVariables = graphs.Any(graph => Tables(Field(graph, 0)).Any(tensor => Field(tensor, 5) is > 0 and var at && _bytes[at] != 0));
        var tensors = Tables(Field(graphs[0], 0));
        var signature = Tables(Field(model, 7)) is [var only] ? only : 0;
        Inputs = Describe(tensors, Integers(Field(graphs[0], 1)), SignatureNames(signature, 0), "input");
        Outputs = Describe(tensors, Integers(Field(graphs[0], 2)), SignatureNames(signature, 1), "output");
    }

    /// <summary>The inputs in the model's order.</summary>
    public IReadOnlyList<TfliteFileTensor> Inputs { get; }

    /// <summary>The outputs in the model's order.</summary>
    public IReadOnlyList<TfliteFileTensor> Outputs { get; }

    /// <summary>Whether a tensor keeps its values from run to run.</summary>
    public bool HasVariables { get; }

    /// <summary>Reads a file that the library has accepted.</summary>
    public static TfliteFile Open(string path) => new(path);

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    // By the signature's names, which are the author's, where it names all of them; else by the tensors' names, where these differ.
    private List<TfliteFileTensor> Describe(List<int> tensors, int[] indices, Dictionary<int, string> signature, string role)
    {
        var names = Array.ConvertAll(indices, index => signature.GetValueOrDefault(index) ?? "");
        if (!AreGood(names))
        {
            names = Array.ConvertAll(indices, index => Text(Field(tensors[index], 3)));
        }

        if (!AreGood(names))
        {
            names = [.. indices.Select((_, position) => $"{role}{position}")];
        }

        return [.. indices.Select((index, position) => new TfliteFileTensor(names[position], Shape(tensors[index])))];

        static bool AreGood(string[] names) => !names.Contains("") && names.Distinct().Count() == names.Length;
    }

    // tensor: 0 shape, 7 shape_signature, where -1 stands for an open dimension.
    private int[] Shape(int tensor)
    {
        var signature = Integers(Field(tensor, 7));
        return signature.Length > 0 ? signature : Integers(Field(tensor, 0));
    }

    // signature: 0 inputs, 1 outputs; each: 0 name, 1 tensor_index.
    private Dictionary<int, string> SignatureNames(int signature, int role)
    {
        var names = new Dictionary<int, string>();
        foreach (var entry in signature == 0 ? [] : Tables(Field(signature, role)))
        {
            var index = Field(entry, 1);
            names[index == 0 ? 0 : Integer(index)] = Text(Field(entry, 0));
        }

        return names;
    }

    /// <summary>Where a table's field lies; 0 where it has its default value.</summary>
    private int Field(int table, int number)
    {
        var layout = table - Integer(table);
        var entry = 4 + (2 * number);
        var offset = entry < Short(layout) ? Short(layout + entry) : 0;
        return offset == 0 ? 0 : table + offset;
    }

    private int Read(int at) => at + Integer(at);

    private List<int> Tables(int field)
    {
        var list = new List<int>();
        if (field != 0)
        {
            var vector = Read(field);
            for (var index = 0; index < Integer(vector); index++)
            {
                list.Add(Read(vector + 4 + (4 * index)));
            }
        }

        return list;
    }

    private int[] Integers(int field)
    {
        if (field == 0)
        {
            return [];
        }

        var vector = Read(field);
        return [.. Enumerable.Range(0, Integer(vector)).Select(index => Integer(vector + 4 + (4 * index)))];
    }

    private string Text(int field)
    {
        if (field == 0)
        {
            return "";
        }

        var text = Read(field);
        return Encoding.UTF8.GetString(Bytes(text + 4, Integer(text)));
    }

    private int Integer(int at) => BinaryPrimitives.ReadInt32LittleEndian(Bytes(at, 4));

    private int Short(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(at, 2));

    private ReadOnlySpan<byte> Bytes(int at, int count) => at >= 0 && count >= 0 && at + (long)count <= _view.Capacity
        ? new ReadOnlySpan<byte>(_bytes + at, count)
        : throw new RunnerException(FailureCode.ModelNotLoaded, "the model file is damaged");
}

/// <summary>An input or output as the file has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions; -1 stands for an open one.</param>
internal sealed record TfliteFileTensor(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>Whether a dimension is open.</summary>
    public bool IsOpen => Shape.Any(size => size < 0);

    /// <summary>The dimensions with a batch of 1 where the batch is open.</summary>
    /// <exception cref="RunnerException"><see cref="FailureCode.ModelNotLoaded"/>: another dimension is open.</exception>
    public int[] ShapeOfOne()
    {
        int[] shape = [.. Shape.Select((size, axis) => size < 0 && axis == 0 ? 1 : size)];
        return Array.FindIndex(shape, size => size < 0) is var open and >= 0
            ? throw new RunnerException(
                FailureCode.ModelNotLoaded,
                $"input {Name} leaves dimension {open} open (counted from 0); convert the model with a fixed size there")
            : shape;
    }
}

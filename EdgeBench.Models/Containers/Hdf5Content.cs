using PureHDF;

namespace EdgeBench.Models.Containers;

/// <summary>
/// An HDF5 file as far as Keras uses it. What is read is checked against the bytes that are there, links that leave their place are
/// refused, and whatever
/// goes wrong inside the library comes out as <see cref="ModelFileException"/>.
/// </summary>
internal sealed class Hdf5Content : IDisposable
{
    /// <summary>A deflated chunk cannot grow by more than this.</summary>
    private const long LargestDeflation = 1032;

    private const string Damaged = "the HDF5 file is damaged or incomplete; save or copy it again";
    private readonly IDisposable _file;
    private readonly long _length;

    private Hdf5Content(IDisposable file, IH5Group root, long length)
    {
        _file = file;
        Root = root;
        _length = length;
    }

    /// <summary>The first bytes of every HDF5 file without a user block.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The root group.</summary>
    public IH5Group Root { get; }

    /// <summary>Opens a stream that can seek; it is closed with the content.</summary>
    /// <exception cref="ModelFileException">It is no HDF5, is damaged, or holds links to elsewhere.</exception>
    public static Hdf5Content Open(Stream stream)
    {
        try
        {
            var seen = new Hdf5Stream(stream, Hdf5Scan.Run(stream));
            var file = Guard(() => H5File.Open(seen, leaveOpen: false));
            return new Hdf5Content(file, file, stream.Length);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>A text attribute; null where there is none.</summary>
    public static string? Text(IH5Object owner, string name) =>
        Guard(() => owner.AttributeExists(name) ? owner.Attribute(name).Read<string>() : null);

    /// <summary>A list of names. One that outgrows a header is split: <c>name0</c>, <c>name1</c>, ...; null where there is none.</summary>
    public static IReadOnlyList<string>? Names(IH5Object owner, string name) => Guard(() =>
    {
        if (owner.AttributeExists(name))
        {
            return NamesOf(owner.Attribute(name));
        }

        if (!owner.AttributeExists(name + "0"))
        {
            return null;
        }

        var all = new List<string>();
        for (var i = 0; owner.AttributeExists($"{name}{i}"); i++)
        {
            all.AddRange(NamesOf(owner.Attribute($"{name}{i}")));
        }

        return (IReadOnlyList<string>)all;
    });

    /// <summary>The group at a path below another; null where there is none.</summary>
    public static IH5Group? Group(IH5Group parent, string path) =>
        Guard(() => parent.LinkExists(path) ? parent.Get(path) as IH5Group : null);

    /// <summary>The members of a group, each once, by name.</summary>
    public static IReadOnlyList<IH5Object> Children(IH5Group group) => Guard(() => group.Children().ToList());

    /// <summary>The dataset at a path below a group.</summary>
    /// <exception cref="ModelFileException">There is none.</exception>
    public static IH5Dataset Dataset(IH5Group parent, string path) =>
        Guard(() => parent.LinkExists(path) ? parent.Get(path) as IH5Dataset : null)
        ?? throw new ModelFileException($"the weights '{path}' are listed but are not in the file, so it is damaged; save the model again");

    /// <summary>Shape of a dataset.</summary>
    public static IReadOnlyList<long> Shape(IH5Dataset dataset) =>
        Guard(() => dataset.Space.Dimensions.Select(size => checked((long)size)).ToArray());

    /// <summary>All values of a dataset as float32, whatever number type they are stored in.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="expected">How many values the architecture says there are; checked before anything is allocated.</param>
    public float[] Floats(IH5Dataset dataset, long expected) => Guard(() =>
    {
        var stored = dataset.Space.Dimensions.Aggregate(1UL, (product, size) => checked(product * size));
        if (stored != (ulong)expected)
        {
            throw new ModelFileException($"holds {stored} values where the architecture asks for {expected}");
        }

        if (dataset.Layout.Class == H5DataLayoutClass.VirtualStorage)
        {
            throw new ModelFileException("the file refers to data in other files, which is not followed; save the model in one file");
        }

        var bytes = checked(expected * dataset.Type.Size);
        if (bytes / (dataset.Layout.Class == H5DataLayoutClass.Chunked ? LargestDeflation : 1) > _length)
        {
            throw new ModelFileException("declares more values than the file has bytes for, so it is damaged; save the model again");
        }

        return (dataset.Type.Class, dataset.Type.Size) switch
        {
            (H5DataTypeClass.FloatingPoint, 4) => dataset.Read<float[]>(),
            (H5DataTypeClass.FloatingPoint, 2) => Array.ConvertAll(dataset.Read<Half[]>(), value => (float)value),
            (H5DataTypeClass.FloatingPoint, 8) => Array.ConvertAll(dataset.Read<double[]>(), value => (float)value),
            (H5DataTypeClass.FixedPoint, 4) => Array.ConvertAll(dataset.Read<int[]>(), value => (float)value),
            (H5DataTypeClass.FixedPoint, 8) => Array.ConvertAll(dataset.Read<long[]>(), value => (float)value),
            var (kind, size) => throw new ModelFileException($"holds values of the type {kind} of {size} bytes, which are no weights"),
        };
    });

    private static string[] NamesOf(IH5Attribute attribute)
    {
        // A layer without weights has a list of length 0 that numpy stored as numbers.
        var count = attribute.Space.Dimensions.Aggregate(1UL, (product, size) => checked(product * size));
        string?[] names = count == 0 ? [] : attribute.Space.Dimensions.Length == 0 ? [attribute.Read<string>()] : attribute.Read<string[]>();
        return Array.ConvertAll(names, name => name ?? throw new ModelFileException(Damaged));
    }

    /// <summary>
    /// The library meets damaged bytes with whatever exception lies nearest, so every kind is caught here, and nowhere else: they mean one
    /// thing.
    /// </summary>
    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not ModelFileException)
        {
            throw new ModelFileException(Damaged, e);
        }
    }
}

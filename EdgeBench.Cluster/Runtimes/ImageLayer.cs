using System.Security.Cryptography;

namespace EdgeBench.Cluster.Runtimes;

/// <summary>
/// One layer of an image: a <see cref="ReproducibleTar"/>.
/// </summary>
internal sealed class ImageLayer
{
    private ImageLayer(string createdBy, byte[] tar) =>
        (CreatedBy, Tar, Digest) = (createdBy, tar, Convert.ToHexStringLower(SHA256.HashData(tar)));

    /// <summary>What people read in the image's history.</summary>
    public string CreatedBy { get; }

    /// <summary>The archive.</summary>
    public byte[] Tar { get; }

    /// <summary>The SHA-256 of the archive in lower-case hexadecimal digits.</summary>
    public string Digest { get; }

    /// <summary>Packs a layer.</summary>
    /// <param name="createdBy">What people read in the image's history.</param>
    /// <param name="content">What lies at each path of the image; paths have no leading slash.</param>
    public static ImageLayer Pack(string createdBy, IReadOnlyDictionary<string, LayerEntry> content)
    {
        using var stream = new MemoryStream();
        ReproducibleTar.Write(stream, content);
        return new ImageLayer(createdBy, stream.ToArray());
    }
}

/// <summary>What lies at a path of a layer.</summary>
internal abstract record LayerEntry;

/// <summary>A file with the content of one on this machine.</summary>
/// <param name="Source">The file on this machine.</param>
internal sealed record LayerFile(string Source) : LayerEntry;

/// <summary>A file with this text.</summary>
/// <param name="Text">Its content.</param>
internal sealed record LayerText(string Text) : LayerEntry;

/// <summary>A symbolic link.</summary>
/// <param name="Target">Where it points.</param>
internal sealed record LayerLink(string Target) : LayerEntry;

/// <summary>A folder.</summary>
/// <param name="WritableByAll">Whether it is like <c>/tmp</c>.</param>
internal sealed record LayerFolder(bool WritableByAll = false) : LayerEntry;

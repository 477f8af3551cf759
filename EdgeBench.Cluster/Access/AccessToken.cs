using System.Security.Cryptography;
using System.Text;

namespace EdgeBench.Cluster.Access;

/// <summary>The secret that lets nodes and clients in: a file that only its owner can read, made at the server's first start.</summary>
internal sealed class AccessToken
{
    /// <summary>The file's name in the server's data folder.</summary>
    public const string FileName = "token";

    private const int Bytes = 32;

    private readonly byte[] _hash;

    private AccessToken(string path, string value)
    {
        Path = path;
        Value = value;
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The secret.</summary>
    public string Value { get; }

    /// <summary>What to tell who came without it.</summary>
    public string WrongMessage =>
        $"the token is missing or is not this server's; it is in the file {Path} on the server: set EDGEBENCH_TOKEN to its content here";

    /// <summary>Reads the token of a data folder, or makes it where there is none.</summary>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    public static AccessToken ReadOrMake(string dataFolder)
    {
        var path = System.IO.Path.Combine(dataFolder, FileName);
        if (!File.Exists(path))
        {
            var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            // Under another name first, so that a crash in between leaves no empty token.
            var temporary = path + ".new";
            File.Delete(temporary);
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.ASCII.GetBytes(made + "\n"));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path);
        }

        var value = File.ReadAllText(path).Trim();
        return value.Length > 0
            ? new AccessToken(path, value)
            : throw new InvalidDataException($"{path} is empty; delete it, and a new one is made");
    }

    /// <summary>Whether a text is the token; takes the same time for every wrong one.</summary>
    public bool Matches(string? text) =>
        CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(text ?? "")));
}

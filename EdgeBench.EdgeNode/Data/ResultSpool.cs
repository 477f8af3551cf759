using System.Text.Json;
using EdgeBench.EdgeNode.Measurements;

namespace EdgeBench.EdgeNode.Data;

/// <summary>
/// Results on disk until the server that asked for them has given its final answer. They lie under that server's id, as another server
/// knows nothing of them.
/// </summary>
public sealed class ResultSpool
{
    private const string Suffix = ".json";
    private const string UnreadableSuffix = ".unreadable";

    private readonly string _folder;

    internal ResultSpool(string folder) => _folder = folder;

    /// <summary>Keeps a result; it is on disk when this returns.</summary>
    /// <param name="server">The id of the server that asked for it.</param>
    /// <param name="result">The result; one of the same attempt is replaced.</param>
    /// <exception cref="DataFolderException">It cannot be written; the message says what to do.</exception>
    public void Write(Guid server, MeasurementResult result)
    {
        var folder = FolderOf(server);
        try
        {
            Directory.CreateDirectory(folder);
            DurableFile.Write(
                FileOf(server, result.Attempt), JsonSerializer.SerializeToUtf8Bytes(result, EdgeNodeJson.Default.MeasurementResult));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw DataFolderException.Of(folder, problem);
        }
    }

    /// <summary>The ids of the servers for which results wait, or waited once.</summary>
    public IReadOnlyList<Guid> Servers =>
    [
        .. from folder in Directory.EnumerateDirectories(_folder)
           where Guid.TryParse(Path.GetFileName(folder), out _)
           select Guid.Parse(Path.GetFileName(folder))
    ];

    /// <summary>The ids of the attempts of which a server has not confirmed the result, in the order in which these were written.</summary>
    public IReadOnlyList<string> List(Guid server)
    {
        var folder = new DirectoryInfo(FolderOf(server));
        return !folder.Exists ? [] :
        [
            .. from file in folder.EnumerateFiles("*" + Suffix)
               orderby file.LastWriteTimeUtc, file.Name
               select Uri.UnescapeDataString(file.Name[..^Suffix.Length])
        ];
    }

    /// <summary>
    /// A result that was kept.
    /// </summary>
    /// <returns>Null where there is none. A file that cannot be read is set aside under the ending <c>.unreadable</c> and counts as
    /// none.</returns>
    public MeasurementResult? Read(Guid server, string attempt)
    {
        var file = FileOf(server, attempt);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), EdgeNodeJson.Default.MeasurementResult);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException)
        {
            File.Move(file, file + UnreadableSuffix, overwrite: true);
            return null;
        }
    }

    /// <summary>Forgets a result after a final answer. Nothing happens where there is none.</summary>
    public void Remove(Guid server, string attempt)
    {
        if (Directory.Exists(FolderOf(server)))
        {
            File.Delete(FileOf(server, attempt));
        }
    }

    private string FolderOf(Guid server) => Path.Combine(_folder, server.ToString("d"));

    // An attempt's id contains slashes.
    private string FileOf(Guid server, string attempt) => Path.Combine(FolderOf(server), Uri.EscapeDataString(attempt) + Suffix);
}

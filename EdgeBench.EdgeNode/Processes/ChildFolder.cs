using System.Text.Json;
using EdgeBench.EdgeNode.Data;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.EdgeNode.Measurements;

namespace EdgeBench.EdgeNode.Processes;

/// <summary>
/// What a child process has on disk: its job folder, room to write, and the record by which it is found when this process has died.
/// </summary>
internal sealed class ChildFolder
{
    public const string RecordFile = "child.json";

    private ChildFolder(string path) => Root = path;

    public string Root { get; }

    public string Job => Path.Combine(Root, "job");

    public string Scratch => Path.Combine(Root, "scratch");

    /// <exception cref="InferenceFailedException">It cannot be made.</exception>
    public static ChildFolder Make(string parent, InferenceRequest request)
    {
        var folder = new ChildFolder(Path.Combine(parent, Guid.NewGuid().ToString("n")));
        try
        {
            Directory.CreateDirectory(folder.Job);
            Directory.CreateDirectory(folder.Scratch);
            File.WriteAllBytes(Path.Combine(folder.Job, RunnerContract.Job.FileName), JobArchive.JobJson(request.Job));
            foreach (var (name, path) in request.Files)
            {
                File.CreateSymbolicLink(Path.Combine(folder.Job, name), Path.GetFullPath(path));
            }

            return folder;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new InferenceFailedException(
                InferenceFailureKind.DiskNotUsable, DataFolderException.Describe(folder.Root, problem), problem);
        }
    }

    public void Write(ChildRecord record) =>
        DurableFile.Write(Path.Combine(Root, RecordFile), JsonSerializer.SerializeToUtf8Bytes(record, EdgeNodeJson.Default.ChildRecord));

    public void Delete() => Directory.Delete(Root, recursive: true);
}

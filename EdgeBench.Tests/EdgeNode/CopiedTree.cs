namespace EdgeBench.Tests.EdgeNode;

/// <summary>A copy of a folder that a test may change.</summary>
internal sealed class CopiedTree : IDisposable
{
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("edgebench-test-");

    public CopiedTree(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Root, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
    }

    public string Root => _copy.FullName;

    public IReadOnlyList<string> Files => Directory.GetFiles(Root, "*", SearchOption.AllDirectories);

    public void Dispose() => _copy.Delete(recursive: true);
}

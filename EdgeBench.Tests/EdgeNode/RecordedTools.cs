using EdgeBench.EdgeNode.Facts;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>Outputs of a board's programs, as files named after the command: <c>nvpmodel_-q.txt</c>.</summary>
internal sealed class RecordedTools(string folder) : IBoardTools
{
    public Fact<string> Output(string program, params IReadOnlyList<string> arguments)
    {
        var file = Path.Combine(folder, string.Join('_', [program, .. arguments]) + ".txt");
        return File.Exists(file) ? Fact.Known(File.ReadAllText(file).Trim()) : Fact.Missing<string>($"{program} is not installed");
    }
}

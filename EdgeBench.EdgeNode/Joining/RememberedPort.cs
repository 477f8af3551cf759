using System.Globalization;

namespace EdgeBench.EdgeNode.Joining;

/// <summary>
/// The port for other nodes: the one that was asked for, or a free one that is taken again after a restart, so that the cluster sees at
/// once that the node's
/// earlier life is over.
/// </summary>
/// <param name="file">The file that remembers it.</param>
/// <param name="asked">The port that was asked for, or null.</param>
internal sealed class RememberedPort(string file, int? asked)
{
    /// <summary>The ports to try in turn; 0 takes a free one.</summary>
    public IReadOnlyList<int> Candidates => asked is { } port ? [port] : Remembered is { } remembered ? [remembered, 0] : [0];

    private int? Remembered =>
        File.Exists(file)
        && ushort.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port > 0
            ? port
            : null;

    public void Remember(int port)
    {
        if (asked is null && Remembered != port)
        {
            File.WriteAllText(file, port.ToString(CultureInfo.InvariantCulture));
        }
    }
}

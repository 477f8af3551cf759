using System.Text.Json;
using EdgeBench.RunnerContract;

namespace EdgeBench.Runner.Lines;

/// <summary>Writes lines of the contract, each at once and in one piece.</summary>
internal sealed class LineWriter(Stream output) : IDisposable
{
    /// <summary>Writes one line.</summary>
    public void Write(RunnerLine line)
    {
        using var buffer = new MemoryStream();
        JsonSerializer.Serialize(buffer, line, RunnerJson.Default.RunnerLine);
        buffer.WriteByte((byte)'\n');
        output.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => output.Dispose();
}

namespace EdgeBench.EdgeNode.Facts;

/// <summary>Programs of a board's maker, which tell what no file does.</summary>
internal interface IBoardTools
{
    /// <summary>What a program prints, or why it prints nothing.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="arguments">Its arguments.</param>
    Fact<string> Output(string program, params IReadOnlyList<string> arguments);
}

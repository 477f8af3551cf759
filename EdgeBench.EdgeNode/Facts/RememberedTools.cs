namespace EdgeBench.EdgeNode.Facts;

/// <summary>Programs that are started once a minute at most; in between what they said last is the answer.</summary>
/// <param name="tools">The programs.</param>
/// <param name="time">The clock.</param>
internal sealed class RememberedTools(IBoardTools tools, TimeProvider time) : IBoardTools
{
    /// <summary>How old an answer may be.</summary>
    internal static readonly TimeSpan Oldest = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (Fact<string> Answer, long At)> _answers = [];

    public Fact<string> Output(string program, params IReadOnlyList<string> arguments)
    {
        var command = string.Join(' ', [program, .. arguments]);
        lock (_gate)
        {
            if (_answers.TryGetValue(command, out var known) && time.GetElapsedTime(known.At) < Oldest)
            {
                return known.Answer;
            }

            var answer = tools.Output(program, arguments);
            _answers[command] = (answer, time.GetTimestamp());
            return answer;
        }
    }
}

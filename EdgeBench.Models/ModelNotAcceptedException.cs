namespace EdgeBench.Models;

/// <summary>A model file cannot be taken: it is no model, is damaged, or asks for something that is not supported.</summary>
public sealed class ModelNotAcceptedException : Exception
{
    /// <summary>A model that is not accepted for one or more reasons.</summary>
    /// <param name="file">The file, as the user named it.</param>
    /// <param name="problems">Every reason found, at least one.</param>
    /// <param name="innerException">What a reader of the format said, where it was that which failed.</param>
    public ModelNotAcceptedException(string file, IReadOnlyList<ModelProblem> problems, Exception? innerException = null)
        : base(Describe(file, problems), innerException)
    {
        Problems = problems;
    }

    /// <summary>A file that is not accepted as a whole.</summary>
    /// <param name="file">The file, as the user named it.</param>
    /// <param name="reason">What is wrong, and what to do about it.</param>
    /// <param name="innerException">What a reader of the format said, where it was that which failed.</param>
    public ModelNotAcceptedException(string file, string reason, Exception? innerException = null)
        : this(file, [new ModelProblem(null, null, reason)], innerException)
    {
    }

    /// <summary>Every reason, in the order of the file.</summary>
    public IReadOnlyList<ModelProblem> Problems { get; }

    /// <summary>One line: offenders with the same trouble stand together.</summary>
    private static string Describe(string file, IReadOnlyList<ModelProblem> problems)
    {
        var reasons = problems
            .GroupBy(problem => problem.Reason, StringComparer.Ordinal)
            .Select(group => Offenders(group) + group.Key);
        return OneLine($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(file))} is not accepted: {string.Join("; ", reasons)}");
    }

    private static string Offenders(IEnumerable<ModelProblem> problems)
    {
        var named = problems
            .Where(problem => problem.Layer is not null)
            .Select(problem => problem.ClassName is null ? $"'{problem.Layer}'" : $"'{problem.Layer}' ({problem.ClassName})")
            .ToList();
        return named.Count == 0 ? "" : $"layer{(named.Count == 1 ? "" : "s")} {string.Join(", ", named)}: ";
    }

    /// <summary>Names come from the file: no line break or other control character of theirs reaches a terminal.</summary>
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}

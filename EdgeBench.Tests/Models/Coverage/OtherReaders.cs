using System.Text.RegularExpressions;
using EdgeBench.Tests.Models.Quantization;

namespace EdgeBench.Tests.Models.Coverage;

/// <summary>Files that the newest Keras 2 and Keras 3, through which other converters read, refuse or read wrongly, by what was recorded of
/// them in the shared test data, and that are read rightly here: which is seen anew.</summary>
internal static partial class OtherReaders
{
    private static readonly string[] Readers = ["tf_keras 2.21.0", "keras 3.15.1"];

    /// <summary>The reasons, each with the versions that wrote such files.</summary>
    public static IEnumerable<IReadOnlyList<string>> Troubles()
    {
        var folder = Repository.Shared("fixtures", "versions");
        var entries = SharedData.Json(Path.Combine(folder, "manifest.json"));
        var found =
            from entry in ModelCase.Of(folder)
            let recorded = entries.GetProperty(entry.Name)
            where recorded.TryGetProperty("note", out _)
            let troubles = TroublesOf(recorded.GetProperty("note").GetString()!).ToList()
            where troubles.Count > 0 && OtherConverters.IsRight(entry)
            from trouble in troubles
            select (trouble, Writer: recorded.GetProperty("writer").GetString()!.Split(',')[0].Split(" on ")[0]);
        return
            from one in found
            group one.Writer by one.trouble into same
            orderby Array.IndexOf(Readers, same.Key.Reader), same.Key.Reason
            select (IReadOnlyList<string>)[same.Key.Reader, same.Key.Reason, string.Join(", ", same.Distinct())];
    }

    private static IEnumerable<(string Reader, string Reason)> TroublesOf(string note) =>
        from part in note.Split("; ")
        let match = Trouble().Match(part)
        where match.Success && Readers.Contains(match.Groups["reader"].Value)
        select (
            match.Groups["reader"].Value,
            (match.Groups["wrong"].Success ? "other numbers without a word: " : "") + match.Groups["reason"].Value);

    [GeneratedRegex(@"^(?<reader>.*?)(?: refuses|(?<wrong>: differs by [^:]*)): (?<reason>.*)$")]
    private static partial Regex Trouble();
}

using System.Text.Json;
using EdgeBench.Messages.Serialization;

namespace EdgeBench.Cluster.Clients;

/// <summary>Cuts long lists so that each answer fits a message.</summary>
internal static class AnswerPage
{
    private const int PageBytes = 60_000;

    /// <summary>As many entries as fit an answer, and whether there are more.</summary>
    /// <param name="entries">All of them in order.</param>
    /// <param name="skip">How many of the first to leave out.</param>
    public static (IReadOnlyList<T> Entries, bool More) Of<T>(IEnumerable<T> entries, int skip)
    {
        var page = new List<T>();
        var bytes = 0;
        foreach (var entry in entries.Skip(Math.Max(skip, 0)))
        {
            bytes += JsonSerializer.SerializeToUtf8Bytes(entry, MessagesJson.Options).Length + 1;
            if (page.Count > 0 && bytes > PageBytes)
            {
                return (page, true);
            }

            page.Add(entry);
        }

        return (page, false);
    }
}

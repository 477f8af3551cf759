using Akka.Configuration;
using Microsoft.Data.Sqlite;

namespace EdgeBench.Cluster.Journal;

/// <summary>The journal: one SQLite file in the server's data folder.</summary>
internal static class JournalFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "journal.db";

    /// <summary>Makes the file ready, and gives the settings that lead to it.</summary>
    /// <exception cref="SqliteException">It cannot be opened or written.</exception>
    public static Config Open(string dataFolder)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataFolder, FileName) }.ToString();
        using (var database = new SqliteConnection(connection))
        {
            database.Open();
            using var command = database.CreateCommand();
            // Stays with the file: readers such as sqlite3 do not hold up the server, and a commit is one write instead of three.
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA user_version=1;";
            command.ExecuteNonQuery();
        }

        var quoted = connection.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return ConfigurationFactory.ParseString($"akka.persistence.journal.sql.connection-string = \"{quoted}\"");
    }
}

namespace EdgeBench.Cli.Terminal;

/// <summary>In which form results are printed.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For people, to be pasted into a document that knows Markdown.</summary>
    Markdown,

    /// <summary>For spreadsheets: RFC 4180, one row a cell.</summary>
    Csv,

    /// <summary>For programs.</summary>
    Json,
}

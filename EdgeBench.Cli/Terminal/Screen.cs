using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace EdgeBench.Cli.Terminal;

/// <summary>
/// Where a command prints: for people, or for programs; with colours on a terminal, elsewhere plain and never wrapped. Tables that do not
/// go to a terminal are Markdown in either case.
/// </summary>
internal sealed class Screen
{
    /// <summary>Wider than any row, so that nothing is wrapped where no terminal says how wide it is.</summary>
    private const int NeverWrapped = 100_000;

    /// <summary>The lines of a terminal that is taken for granted, whatever one this process happens to have.</summary>
    private const int AssumedHeight = 24;

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly bool _verbose;
    private readonly IAnsiConsole _console;

    /// <summary>Prints to two writers.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">What is said beside: warnings, progress, errors.</param>
    /// <param name="format">The form of results.</param>
    /// <param name="verbose">Whether errors have their stack trace.</param>
    /// <param name="width">The width of a terminal that is to be taken for granted, for tests; null finds out whether there is one.</param>
    public Screen(TextWriter output, TextWriter error, OutputFormat format, bool verbose = false, int? width = null)
    {
        _output = output;
        _error = error;
        _verbose = verbose;
        Format = format;
        IsTerminal = format == OutputFormat.Text
            && (width is not null || (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected));
        var isReal = IsTerminal && width is null;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isReal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isReal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isReal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isReal)
        {
            _console.Profile.Width = width ?? NeverWrapped;
            _console.Profile.Height = AssumedHeight;
        }
    }

    /// <summary>In which form results are printed.</summary>
    public OutputFormat Format { get; }

    /// <summary>Whether results are to be JSON.</summary>
    public bool IsJson => Format == OutputFormat.Json;

    /// <summary>Whether a person sits before it.</summary>
    public bool IsTerminal { get; }

    /// <summary>How many characters a line has room for, or null where it may be as long as it likes.</summary>
    public int? Width => IsTerminal ? _console.Profile.Width : null;

    /// <summary>How many lines a terminal has room for, or null where there is none.</summary>
    public int? Height => IsTerminal ? _console.Profile.Height : null;

    /// <summary>The screen of a command that is being run.</summary>
    public static Screen For(ParseResult parsed) => new(
        parsed.InvocationConfiguration.Output,
        parsed.InvocationConfiguration.Error,
        CommonOptions.FormatOf(parsed),
        parsed.GetValue(CommonOptions.Verbose));

    /// <summary>An empty table in the style that fits.</summary>
    /// <param name="columns">The heads of the columns; one that begins with <c>&gt;</c> stands to the right, as figures do.</param>
    public Table CreateTable(params IEnumerable<string> columns)
    {
        var table = new Table { Border = IsTerminal ? TableBorder.Rounded : TableBorder.Markdown };
        foreach (var column in columns)
        {
            var toRight = column.StartsWith('>');
            var head = new TableColumn(Cell(toRight ? column[1..] : column)) { NoWrap = !IsTerminal };
            table.AddColumn(toRight ? head.RightAligned() : head);
        }

        return table;
    }

    /// <summary>Text as it may stand in a table: it means nothing but itself, and breaks no row.</summary>
    public string Cell(string text)
    {
        var oneLine = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
        return Markup.Escape(IsTerminal ? oneLine : oneLine.Replace("|", "\\|", StringComparison.Ordinal));
    }

    /// <summary>Prints a table.</summary>
    public void Show(Table table)
    {
        if (IsTerminal)
        {
            _console.Write(table);
            return;
        }

        // A table without a frame is padded with blank lines, which only a terminal has room for.
        foreach (var line in _console.ToAnsi(table).Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0))
        {
            Line(line);
        }
    }

    /// <summary>Shows a table that changes while something is awaited, and takes it away afterwards.</summary>
    public async Task<T> LiveAsync<T>(Func<Action<Table>, Task<T>> follow) => await _console.Live(new Text("")).AutoClear(true)
        .StartAsync(context => follow(context.UpdateTarget)).ConfigureAwait(false);

    /// <summary>Prints a line of the result.</summary>
    public void Line(string text = "") => _output.WriteLine(text);

    /// <summary>Prints one of several things that stand below each other, be they long or short.</summary>
    /// <param name="text">The text; what is indented by blanks belongs to the thing before.</param>
    public void Item(string text)
    {
        var blanks = text.Length - text.AsSpan().TrimStart(' ').Length;
        Line(Format == OutputFormat.Markdown ? $"{text[..blanks]}- {text[blanks..]}" : text);
    }

    /// <summary>Prints lines that are to be typed.</summary>
    public void Code(IEnumerable<string> lines)
    {
        if (Format == OutputFormat.Markdown)
        {
            Line("```sh");
        }

        foreach (var line in lines)
        {
            Line(Format == OutputFormat.Markdown ? line : $"  {line}");
        }

        if (Format == OutputFormat.Markdown)
        {
            Line("```");
        }
    }

    /// <summary>Prints a row of comma-separated values.</summary>
    public void Csv(IEnumerable<string?> values)
    {
        // Lines end as RFC 4180 has them, whatever the system's own are.
        _output.Write(string.Join(',', values.Select(Quote)));
        _output.Write("\r\n");

        static string Quote(string? value) =>
            value is null ? ""
            : value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value
            : new StringBuilder(value).Replace("\"", "\"\"").Insert(0, '"').Append('"').ToString();
    }

    /// <summary>Prints the result for programs.</summary>
    public void Json<T>(T value) => _output.WriteLine(JsonSerializer.Serialize(value, JsonOptions));

    /// <summary>Says something beside the result.</summary>
    public void Note(string text) => _error.WriteLine(text);

    /// <summary>Says what the user should know of a result.</summary>
    public void Warn(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
        {
            Note($"warning: {warning}");
        }
    }

    /// <summary>Says why the command fails: one line, and as JSON an object on standard output too.</summary>
    public void Fail(ExitCode code, string message, Exception? exception = null)
    {
        if (IsJson)
        {
            Json(new { error = new { exitCode = (int)code, kind = code, message } });
        }

        _error.WriteLine($"edgebench: {message}");
        if (_verbose && exception is not null)
        {
            _error.WriteLine(exception);
        }
    }
}

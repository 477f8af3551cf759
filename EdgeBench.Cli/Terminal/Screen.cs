using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace EdgeBench.Cli.Terminal;

/// <summary>
/// Where a command prints: for people, or as JSON for programs; with colours on a terminal, elsewhere plain and never wrapped.
/// </summary>
internal sealed class Screen
{
    /// <summary>Wider than any row, so that nothing is wrapped where no terminal says how wide it is.</summary>
    private const int NeverWrapped = 100_000;

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
    /// <param name="json">Whether results are JSON.</param>
    /// <param name="verbose">Whether errors have their stack trace.</param>
    public Screen(TextWriter output, TextWriter error, bool json, bool verbose)
    {
        _output = output;
        _error = error;
        _verbose = verbose;
        IsJson = json;
        IsTerminal = !json && ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!IsTerminal)
        {
            _console.Profile.Width = NeverWrapped;
        }
    }

    /// <summary>Whether results are to be JSON.</summary>
    public bool IsJson { get; }

    /// <summary>Whether a person sits before it.</summary>
    public bool IsTerminal { get; }

    /// <summary>The screen of a command that is being run.</summary>
    public static Screen For(ParseResult parsed) => new(
        parsed.InvocationConfiguration.Output,
        parsed.InvocationConfiguration.Error,
        parsed.GetValue(CommonOptions.Json),
        parsed.GetValue(CommonOptions.Verbose));

    /// <summary>An empty table in the style that fits.</summary>
    /// <param name="columns">The heads of the columns; one that begins with <c>&gt;</c> stands to the right, as figures do.</param>
    public Table CreateTable(params IEnumerable<string> columns)
    {
        var table = new Table { Border = IsTerminal ? TableBorder.Rounded : TableBorder.Markdown };
        foreach (var column in columns)
        {
            var toRight = column.StartsWith('>');
            var head = new TableColumn(Markup.Escape(toRight ? column[1..] : column)) { NoWrap = !IsTerminal };
            table.AddColumn(toRight ? head.RightAligned() : head);
        }

        return table;
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

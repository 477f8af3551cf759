using System.Text.RegularExpressions;
using EdgeBench.Cli.Comparisons;
using EdgeBench.Cli.Conversion;
using EdgeBench.Cli.Planning;
using EdgeBench.Cli.Results;
using EdgeBench.Cli.Results.Details;
using EdgeBench.Cli.Terminal;
using EdgeBench.Client;
using EdgeBench.Messages.Clients;
using EdgeBench.Messages.Measurements;
using EdgeBench.Models;
using EdgeBench.Statistics.Comparisons;
using EdgeBench.Tests.Messages;

namespace EdgeBench.Tests.Cli;

/// <summary><c>docs/output.md</c> says of every field what it is: neither more nor less than commands print.</summary>
public partial class OutputDocumentTests
{
    private static readonly HashSet<string> Dictionaries =
    [
        "cells[].options.runtimeOptions", "cells[].result.conditions.options", "cells[].result.starts[].providers",
    ];

    /// <summary>What occurs in several places has a section of its own.</summary>
    private static readonly (string Place, string Section)[] Shared =
    [
        ("cells[].options", "options"),
        ("cells[].check", "check"),
        ("models[].formats[].converted.check", "check"),
        ("cells[].result.starts[].telemetry", "telemetry"),
        ("cells[].telemetry.starts[].summary", "telemetry"),
    ];

    [Fact]
    public void Every_field_of_a_task_is_in_the_document_and_none_else() =>
        AssertSame("task show", Documents.Print(OutputFormat.Json, screen => TaskReport.Print(Documents.Task, screen)));

    [Fact]
    public void Every_field_of_a_plan_is_in_the_document_and_none_else()
    {
        var plan = PricedPlan.Price(
            new TaskPlan(Samples.Request, [Samples.Cell, Samples.Cell], [new CellRefusal(2, "no image")]), [], [], _ => null);

        AssertSame("bench --plan", Documents.Print(OutputFormat.Json, plan.Print));
    }

    [Fact]
    public void Every_field_of_the_details_is_in_the_document_and_none_else()
    {
        var cell = CellView.Of(Documents.Task)[0];
        var details = DetailView.All.ToDictionary(view => view.Name, view => view.Describe(cell, Documents.Record));

        AssertSame("task show --samples --phases --fingerprint --telemetry", Documents.Print(OutputFormat.Json, screen => screen.Json(new
        {
            schema = Output.Schema,
            task = Samples.Task.Value,
            cells = new[]
            {
                new Dictionary<string, object>(details) { ["cell"] = cell.Cell.Id.ToString(), ["model"] = cell.Model.Name },
            },
        })));
    }

    [Fact]
    public void Every_field_of_a_comparison_is_in_the_document_and_none_else()
    {
        var pair = ComparisonReportTests.Pair(Documents.Task, ComparisonReportTests.Slower);
        var turns = new Interleaving([(1e6, 2e6)], InterleaveEnd.Clear, new Ratio(0.5, new ConfidenceInterval(0.4, 0.6)));

        AssertSame("compare", Documents.Print(OutputFormat.Json, screen => ComparisonReport.Print([pair with { Interleaving = turns }], screen)));
        Assert.Equal(ComparisonReport.Names, FieldsOf("compare --csv"));
    }

    [Fact]
    public void Every_field_of_an_inspected_model_is_in_the_document_and_none_else()
    {
        var path = Repository.Fixture("formats", "k2_synthetic.json");
        var model = Model.Read(path, cancellationToken: TestContext.Current.CancellationToken);

        AssertSame("inspect", Documents.Print(OutputFormat.Json, screen => InspectCommand.Show(model, screen)));
    }

    [Fact]
    public void Every_column_is_in_the_document_and_none_else() => Assert.Equal(TaskCsv.Names, FieldsOf("--csv"));

    private static void AssertSame(string section, string json)
    {
        var printed = Documents.PathsOf(json, Dictionaries).ToHashSet();
        var described = FieldsOf(section);
        foreach (var (place, shared) in Shared)
        {
            if (described.Remove(place))
            {
                described.AddRange(FieldsOf(shared).Select(field => $"{place}.{field}"));
            }
        }

        Assert.Equal(described.Distinct(), described);
        Assert.True(
            printed.SetEquals(described),
            $"not in docs/output.md: {string.Join(' ', printed.Except(described).Order())}\nnot printed: {string.Join(' ', described.Except(printed).Order())}");
    }

    /// <summary>The first column of a section's table.</summary>
    private static List<string> FieldsOf(string section)
    {
        var text = File.ReadAllText(Repository.PathOf("docs", "output.md"));
        var part = text.Split($"\n## `{section}`\n") is [_, var rest] ? rest.Split("\n## ")[0] : "";
        return [.. RowPattern().Matches(part).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex("^\\| `([^`]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex RowPattern();
}

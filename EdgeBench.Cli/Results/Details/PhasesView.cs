using EdgeBench.Cli.Terminal;
using EdgeBench.Messages.Measurements;
using Spectre.Console;

namespace EdgeBench.Cli.Results.Details;

/// <summary>How long each part of the measurement took.</summary>
internal sealed class PhasesView : DetailView
{
    /// <inheritdoc />
    public override string Name => "phases";

    /// <inheritdoc />
    public override string Description => "Show how long each part took: conversion, image, start, load, warm-up, timed runs";

    /// <inheritdoc />
    // Of many starts a result holds the first only.
    public override bool WantsRecord => true;

    /// <inheritdoc />
    public override void Show(CellView cell, RawMeasurement? raw, Screen screen)
    {
        var phases = cell.Result!.Phases;
        screen.Line(string.Join(", ", new[]
        {
            Before("conversion", cell.Converted?.Nanoseconds),
            Before("queue", phases.Queue),
            Before("fetching the model", phases.Fetch),
            Before("fetching and loading the image", phases.Image),
        }.OfType<string>()));

        var table = screen.CreateTable(
            ">Start", ">Create ms", ">Start ms", ">Load ms", ">First run ms", ">Warm-up ms", ">Its runs", "Its end", ">Timed ms", ">Runs",
            ">Mean ms", ">Threads", ">CPUs used");
        foreach (var (start, index) in StartsOf(cell, raw).Select((start, index) => (start, index)))
        {
            table.AddRow(
                Figures.Count(index + 1), Figures.Milliseconds(start.Create), Figures.Milliseconds(start.Start),
                Figures.Milliseconds(start.Load), Figures.Milliseconds(start.FirstRun), Figures.Milliseconds(start.WarmUp),
                Figures.Count(start.WarmUpRuns), Word(start.WarmUpEnd), Figures.Milliseconds(start.Steady), Figures.Count(start.Runs),
                Figures.Milliseconds(start.Mean), Figures.Count(start.ThreadsSeen),
                start.CpusUsed is { } used ? Figures.Decimals(used, 2) : "-");
        }

        screen.Show(table);
        if (cell.Result.Memory is { } memory)
        {
            screen.Line(
                "memory, in a pass of its own: "
                + $"container {(memory.ControlGroupPeak is { } peak ? Figures.Bytes(peak) : $"not known ({memory.Missing})")}, "
                + $"resident {(memory.ResidentPeak is { } resident ? Figures.Bytes(resident) : "not known")}");
        }
    }

    /// <inheritdoc />
    public override object Describe(CellView cell, RawMeasurement? raw) => new
    {
        conversion = cell.Converted?.Nanoseconds,
        cell.Result!.Phases.Queue,
        cell.Result.Phases.Fetch,
        cell.Result.Phases.Image,
        starts = StartsOf(cell, raw).Select(start => new
        {
            start.Create,
            start.Start,
            start.Load,
            start.FirstRun,
            start.WarmUp,
            start.WarmUpRuns,
            start.WarmUpEnd,
            start.Steady,
            start.Runs,
            start.Mean,
            start.ThreadsSeen,
            start.CpusSeen,
            start.CpusUsed,
        }),
    };

    /// <summary>All starts where they were recorded, else those that the result holds.</summary>
    internal static IReadOnlyList<StartRecord> StartsOf(CellView cell, RawMeasurement? raw) =>
        raw is not null && raw.Starts.All(start => start.Record is not null)
            ? [.. raw.Starts.Select(start => start.Record!)]
            : cell.Result!.Starts;

    private static string? Before(string name, long? nanoseconds) =>
        nanoseconds is { } known ? $"{name} {Figures.Milliseconds(known)} ms" : null;

    private static string Word(WarmUpEnd end) => end switch
    {
        WarmUpEnd.Steady => "steady",
        WarmUpEnd.Limit => "at its limit",
        _ => "not told",
    };
}

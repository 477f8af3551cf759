using System.Text.Json;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Facts;
using EdgeBench.Messages.Measurements;

namespace EdgeBench.Tests.EdgeNode;

/// <summary>
/// Every recorded tree of a board: each fact of its <c>expected.json</c> is found, or its absence is explained. A tree with a field that no
/// reader knows fails.
/// </summary>
public sealed class BoardTreeTests
{
    // What a tree says about itself, and not about what a reader finds; the last two have tests of their own.
    private static readonly string[] NotRead = ["board", "architecture", "reasons", "variants", "permissions"];

    // Where the names are those of things, so that one more is one that is not there.
    private static readonly string[] Complete = ["caches", "timeInState", "thermalZones", "powerRails", "energyCounters"];

    // Where a tree's own files contradict its expected.json, or lack what it was written from; what holds is in the files.
    private static readonly Dictionary<string, string> Contradicted = new()
    {
        ["x86-64-laptop clusters[0].cpus"] = "cpuinfo_max_freq of CPUs 8 and 9 is 5200000 in the tree",
        ["x86-64-laptop clusters[1].cpus"] = "cpuinfo_max_freq of CPUs 8 and 9 is 5200000 in the tree",
        ["x86-64-laptop clusters[1].minFreqKHz"] = "the tree has no cpuinfo_min_freq of these CPUs",
    };

    // What must not be in a fingerprint, because it changes while nothing changes.
    private static readonly string[] Volatile =
        ["scaling_cur_freq", "cpuinfo_cur_freq", "cur_freq", "load", "temp", "energy_uj", "time_in_state", "_input"];

    public static TheoryData<string> Boards()
    {
        var folder = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "fixtures", "boards"));
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, "expected.json", SearchOption.AllDirectories).Select(file => file.Split('/')[^2]).Order()]
            : ["raspberry-pi-4"];
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Every_fact_of_a_recorded_board_is_found_or_its_absence_is_explained(string board)
    {
        var (folder, expected) = Open(board);
        using var json = expected;
        var read = new RecordedBoard(Path.Combine(folder, "root"), Path.Combine(folder, "commands"));

        var problems = json.RootElement.EnumerateObject()
            .Where(field => !NotRead.Contains(field.Name))
            .SelectMany(field => Problems(read, field.Name, field.Value))
            .Where(problem => !Contradicted.ContainsKey($"{board} {problem.Split(':')[0]}"))
            .ToList();

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Outputs_of_a_boards_programs_are_understood(string board)
    {
        var (folder, expected) = Open(board);
        using var json = expected;
        if (!json.RootElement.TryGetProperty("variants", out var variants))
        {
            return;
        }

        var problems = variants.EnumerateObject()
            .SelectMany(variant => Differences(
                variant.Name,
                variant.Value,
                JsonSerializer.SerializeToElement(
                    RecordedBoard.Meaning(variant.Name, File.ReadAllText(Path.Combine(folder, "commands", variant.Name))))))
            .ToList();

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_boards_fingerprint_names_each_fact_once_with_a_value_or_a_reason(string board)
    {
        var folder = Open(board).Folder;

        var facts = Fingerprint(folder);

        Assert.Equal(facts.Select(fact => fact.Name).Distinct(), facts.Select(fact => fact.Name));
        Assert.All(facts, fact => Assert.True(fact is { Value.Length: > 0 } ^ fact is { Missing.Length: > 0 }, fact.ToString()));
        Assert.DoesNotContain(facts, fact => fact.Value?.Contains('\n', StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void Readings_of_the_moment_do_not_change_a_fingerprint(string board)
    {
        using var copy = new CopiedTree(Path.Combine(Open(board).Folder, "root"));
        var commands = Path.Combine(Open(board).Folder, "commands");
        var before = new Fingerprint(HostFingerprint.Read(copy.Root, new RecordedTools(commands), null));

        foreach (var file in copy.Files.Where(file => Volatile.Any(end => file.EndsWith(end, StringComparison.Ordinal))))
        {
            File.WriteAllText(file, file.EndsWith("time_in_state", StringComparison.Ordinal) ? "1000 7\n" : "1234\n");
        }

        var after = new Fingerprint(HostFingerprint.Read(copy.Root, new RecordedTools(commands), null));
        Assert.Equal(before.Hash(), after.Hash());
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void A_file_that_may_not_be_read_is_a_reason_and_breaks_nothing(string board)
    {
        var (folder, expected) = Open(board);
        using var json = expected;
        if (!json.RootElement.TryGetProperty("permissions", out var permissions))
        {
            return;
        }

        using var copy = new CopiedTree(Path.Combine(folder, "root"));
        foreach (var file in permissions.EnumerateObject().Select(entry => Path.Combine(copy.Root, entry.Name)))
        {
            // Root may read what it likes; but nobody can read a folder as a file, and the refusal is the same.
            File.Delete(file);
            Directory.CreateDirectory(file);
        }

        var read = new RecordedBoard(copy.Root, Path.Combine(folder, "commands"));
        Assert.All(read.Fields.Values, field => Assert.NotNull(field()));
        Assert.All(
            EnergyCounter.ReadAll(new SystemTree(copy.Root)).Value ?? [],
            counter => Assert.StartsWith("this user may not read", counter.Microjoules.MissingBecause, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Boards))]
    public void No_serial_number_gets_into_a_fingerprint(string board)
    {
        using var copy = new CopiedTree(Path.Combine(Open(board).Folder, "root"));
        const string Serial = "5e71a1";
        foreach (var file in copy.Files.Where(file => file.Contains("serial", StringComparison.Ordinal)))
        {
            File.WriteAllText(file, Serial);
        }

        var cpuinfo = Path.Combine(copy.Root, "proc/cpuinfo");
        File.WriteAllText(cpuinfo, File.ReadAllText(cpuinfo) + $"\nSerial\t\t: {Serial}\n");

        var facts = HostFingerprint.Read(copy.Root, new RecordedTools(copy.Root), null);

        Assert.DoesNotContain(facts, fact => fact.Value?.Contains(Serial, StringComparison.Ordinal) ?? false);
    }

    private static (string Folder, JsonDocument Expected) Open(string board)
    {
        var folder = Repository.Shared("fixtures", "boards", board);
        return (folder, JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json"))));
    }

    private static IReadOnlyList<NamedFact> Fingerprint(string folder) => HostFingerprint.Read(
        Path.Combine(folder, "root"),
        new RecordedTools(Path.Combine(folder, "commands")),
        new EngineFacts("docker", "28.0.0", "1.50", 2, []));

    private static IEnumerable<string> Problems(RecordedBoard read, string field, JsonElement expected)
    {
        if (!read.Fields.TryGetValue(field, out var find))
        {
            return [$"no reader finds {field}"];
        }

        var found = find();
        return expected.ValueKind == JsonValueKind.Null
            ? found switch
            {
                { Value: not null } => [$"{field}: nothing is to be found, but {found.Json}"],
                { Because: null or "" } => [$"{field}: not found, and no reason given"],
                _ => [],
            }
            : Differences(field, expected, found.Json).Concat(
                found.Json.ValueKind == JsonValueKind.Object && Complete.Contains(field)
                    ? found.Json.EnumerateObject()
                        .Where(entry => !expected.TryGetProperty(entry.Name, out _))
                        .Select(entry => $"{field}: {entry} is too much")
                    : []);
    }

    // What is expected must be there; a reader may find more than was written down.
    private static IEnumerable<string> Differences(string path, JsonElement expected, JsonElement found)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object when found.ValueKind == JsonValueKind.Object:
                return expected.EnumerateObject().SelectMany(field => found.TryGetProperty(field.Name, out var value)
                    ? Differences($"{path}.{field.Name}", field.Value, value)
                    : [$"{path}.{field.Name} is not found"]);
            case JsonValueKind.Array when found.ValueKind == JsonValueKind.Array && found.GetArrayLength() == expected.GetArrayLength():
                return expected.EnumerateArray().Zip(found.EnumerateArray())
                    .SelectMany((pair, index) => Differences($"{path}[{index}]", pair.Item1, pair.Item2));
            case JsonValueKind.Number when found.ValueKind == JsonValueKind.Number:
                return expected.GetDouble() == found.GetDouble() ? [] : [$"{path}: {expected} expected, {found} found"];
            default:
                return JsonElement.DeepEquals(expected, found) ? [] : [$"{path}: {expected} expected, {found} found"];
        }
    }
}

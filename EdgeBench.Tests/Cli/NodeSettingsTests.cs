using EdgeBench.Cli;
using EdgeBench.Cli.Nodes;

namespace EdgeBench.Tests.Cli;

[Collection(EnvironmentTestOrder.Name)]
public sealed class NodeSettingsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly List<string> _set = [];

    public void Dispose()
    {
        _set.ForEach(name => Environment.SetEnvironmentVariable(name, null));
        File.Delete(_file);
    }

    [Fact]
    public void The_file_counts_less_than_the_environment_and_that_less_than_the_command_line()
    {
        Configure("""{"server": {"listen": "10.0.0.1", "port": 1, "public-host": "lab", "insecure": true}, "edge": {"name": "pi4"}}""");
        Set("EDGEBENCH_SERVER__PORT", "2");
        Set("EDGEBENCH_SERVER__PUBLIC_HOST", "bench");

        var words = string.Join(' ', NodeSettings.Complete(["server", "--listen", "127.0.0.1"]));

        Assert.StartsWith("server --listen 127.0.0.1 --", words, StringComparison.Ordinal);
        Assert.Equal(1, words.Split("--listen").Length - 1);
        Assert.Contains(" --insecure", words, StringComparison.Ordinal);
        Assert.Contains(" --port 2", words, StringComparison.Ordinal);
        Assert.Contains(" --public-host bench", words, StringComparison.Ordinal);
        Assert.DoesNotContain("pi4", words, StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_that_is_off_is_left_out_and_other_commands_are_left_alone()
    {
        Configure("""{"server": {"insecure": false}, "bench": {"runs": 3}}""");

        Assert.Equal(["server"], NodeSettings.Complete(["server"]));
        Assert.Equal(["bench", "model.h5"], NodeSettings.Complete(["bench", "model.h5"]));
    }

    [Fact]
    public async Task A_setting_that_is_no_option_is_refused_as_on_the_command_line()
    {
        Configure("""{"server": {"colour": "red"}}""");
        using var error = new StringWriter();

        Assert.Equal(2, await CommandLine.RunAsync(["server"], TextWriter.Null, error));
        Assert.Contains("--colour", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_json_is_told_in_one_line()
    {
        Configure("listen = everywhere");
        using var error = new StringWriter();

        Assert.Equal(2, await CommandLine.RunAsync(["edge", "--join", "localhost"], TextWriter.Null, error));
        Assert.StartsWith("edgebench: the configuration file cannot be read: ", error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private void Configure(string json)
    {
        File.WriteAllText(_file, json);
        Set("EDGEBENCH_CONFIG", _file);
    }

    private void Set(string name, string value)
    {
        _set.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }
}

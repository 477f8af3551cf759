using System.Runtime.InteropServices;
using EdgeBench.Tests.Cluster;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Packaging;

/// <summary>
/// The script of a package, installing below a folder (<c>DESTDIR</c>), so that this machine stays as it is. A script stands for the
/// program, as none is run here.
/// </summary>
public sealed class InstallScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public InstallScriptTests()
    {
        MakePackage(OwnArchitecture, "1");
        WriteText(Path.Combine(Root, "etc", "group"), "docker:x:999:\n");
        WriteText(Path.Combine(_folder.Path, "token"), "abc\n");
    }

    private static string OwnArchitecture => RuntimeInformation.OSArchitecture == ProcessorArchitecture.X64 ? "x64" : "arm64";

    private string Package => Path.Combine(_folder.Path, "package");

    private string Root => Path.Combine(_folder.Path, "root");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_installs_program_units_and_settings_and_says_how_to_start_where_it_starts_nothing()
    {
        var installed = await RunAsync("--join", "bench.local:9000", "--name", "pi4", "--token-file", Path.Combine(_folder.Path, "token"));

        Assert.Equal((0, ""), (installed.ExitCode, installed.Error));
        Assert.Equal("/opt/edgebench/edgebench", new FileInfo(PathOf("usr/local/bin/edgebench")).LinkTarget);
        Assert.Equal("#!/bin/sh\necho 1\n", Text("opt/edgebench/edgebench"));
        Assert.Equal(
            await File.ReadAllTextAsync(
                Repository.PathOf("deploy", "systemd", "edgebench-edge.service"), TestContext.Current.CancellationToken),
            Text("etc/systemd/system/edgebench-edge.service"));
        Assert.Equal(
            "EDGEBENCH_JOIN=\"bench.local:9000\"\nEDGEBENCH_TOKEN=\"abc\"\nEDGEBENCH_EDGE_OPTIONS=\"--name pi4\"\n",
            Text("etc/edgebench/edge.env"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf("etc/edgebench/edge.env")));
        Assert.Contains("nothing is started", installed.Output, StringComparison.Ordinal);
        Assert.Contains("systemctl enable --now edgebench-edge.service", installed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upgrade_keeps_settings_and_data_and_leaves_nothing_of_the_old_program()
    {
        await RunAsync(
            "--join", "bench.local", "--name", "pi4", "--token-file", Path.Combine(_folder.Path, "token"), "--isolation", "process");
        WriteText(PathOf("var/lib/edgebench/edge/identity"), "mine");
        WriteText(PathOf("opt/edgebench/old.dll"), "old");
        MakePackage(OwnArchitecture, "2");

        var upgraded = await RunAsync("--name", "pi5");

        Assert.Equal((0, ""), (upgraded.ExitCode, upgraded.Error));
        Assert.Equal("#!/bin/sh\necho 2\n", Text("opt/edgebench/edgebench"));
        Assert.False(File.Exists(PathOf("opt/edgebench/old.dll")));
        Assert.Equal("mine", Text("var/lib/edgebench/edge/identity"));
        Assert.Equal(
            "EDGEBENCH_JOIN=\"bench.local\"\nEDGEBENCH_TOKEN=\"abc\"\nEDGEBENCH_EDGE_OPTIONS=\"--isolation process --name pi5\"\n",
            Text("etc/edgebench/edge.env"));

        var settings = Text("etc/edgebench/edge.env");
        var again = await RunAsync();
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(settings, Text("etc/edgebench/edge.env"));
        Assert.Equal(["edgebench"], Directory.EnumerateDirectories(PathOf("opt")).Select(folder => Path.GetFileName(folder)));
    }

    [Fact]
    public async Task It_is_removed_by_its_installed_copy_and_data_only_where_that_was_said()
    {
        await RunAsync("--join", "bench.local", "--prefix", "/srv/edgebench");
        WriteText(PathOf("var/lib/edgebench/edge/identity"), "mine");

        var removed = await RunScriptAsync(PathOf("srv/edgebench/install.sh"), "uninstall");

        Assert.Equal((0, ""), (removed.ExitCode, removed.Error));
        Assert.False(Directory.Exists(PathOf("srv/edgebench")));
        Assert.Null(new FileInfo(PathOf("usr/local/bin/edgebench")).LinkTarget);
        Assert.Empty(Directory.EnumerateFileSystemEntries(PathOf("etc/systemd/system")));
        Assert.Equal("mine", Text("var/lib/edgebench/edge/identity"));
        Assert.True(File.Exists(PathOf("etc/edgebench/edge.env")));

        Assert.Equal(0, (await RunAsync("uninstall", "--purge")).ExitCode);
        Assert.False(Directory.Exists(PathOf("var/lib/edgebench")));
        Assert.False(Directory.Exists(PathOf("etc/edgebench")));
    }

    [Fact]
    public async Task A_machine_without_a_container_engine_gets_a_unit_that_systemd_can_start()
    {
        WriteText(Path.Combine(Root, "etc", "group"), "root:x:0:\n");

        await RunAsync("--join", "bench.local", "--isolation", "process");

        Assert.DoesNotContain("\nSupplementaryGroups=", Text("etc/systemd/system/edgebench-edge.service"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_one_line_and_nothing_is_removed_that_is_not_ours()
    {
        WriteText(PathOf("opt/edgebench/thesis.txt"), "mine");
        await FailsAsync(1, "holds something else", "--join", "bench.local");
        await FailsAsync(1, "holds something else", "uninstall");
        Assert.Equal("mine", Text("opt/edgebench/thesis.txt"));

        await FailsAsync(2, "--join wants a value", "--join");
        await FailsAsync(2, "'--nothing' is not known", "--nothing");
        await FailsAsync(2, "no absolute path", "--prefix", "here");
        await FailsAsync(2, "there are container and process", "--isolation", "none");
        await FailsAsync(2, "holds a space", "--name", "a b");
        await FailsAsync(1, "cannot be read", "--token-file", Path.Combine(_folder.Path, "absent"));

        MakePackage(OwnArchitecture == "x64" ? "arm64" : "x64", "1");
        var wrong = await BareCommand.RunAsync("/bin/sh", [Path.Combine(Package, "install.sh"), "--prefix", Path.Combine(Root, "other")]);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("take the other package", wrong.Error, StringComparison.Ordinal);
    }

    private async Task FailsAsync(int exitCode, string message, params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        RunScriptAsync(Path.Combine(Package, "install.sh"), arguments);

    private Task<(int ExitCode, string Output, string Error)> RunScriptAsync(string script, params string[] arguments) =>
        BareCommand.RunAsync("/bin/sh", [script, .. arguments], ("DESTDIR", Root));

    private void MakePackage(string architecture, string version)
    {
        if (Directory.Exists(Package))
        {
            Directory.Delete(Package, recursive: true);
        }

        WriteText(Path.Combine(Package, "architecture"), architecture + "\n");
        WriteText(Path.Combine(Package, "version"), version + "\n");
        WriteText(Path.Combine(Package, "app", "edgebench"), $"#!/bin/sh\necho {version}\n");
        File.Copy(Repository.PathOf("LICENSE"), Path.Combine(Package, "LICENSE"));
        File.Copy(Repository.PathOf("deploy", "install.sh"), Path.Combine(Package, "install.sh"));
        Directory.CreateDirectory(Path.Combine(Package, "systemd"));
        foreach (var unit in Directory.EnumerateFiles(Repository.PathOf("deploy", "systemd")))
        {
            File.Copy(unit, Path.Combine(Package, "systemd", Path.GetFileName(unit)));
        }
    }

    private string PathOf(string path) => Path.Combine(Root, path);

    private string Text(string path) => File.ReadAllText(PathOf(path));

    private static void WriteText(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

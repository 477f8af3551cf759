using System.Diagnostics;

namespace EdgeBench.Tests.Agent;

public class SystemdUnitTests
{
    [Theory]
    [InlineData("edgebench-server.service")]
    [InlineData("edgebench-edge.service")]
    public async Task Systemd_finds_nothing_wrong_with_the_unit(string unit)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "systemd-analyze"))))
        {
            Assert.Skip("left out: systemd-analyze is not here (Debian and Ubuntu have it in the package systemd)");
        }

        // The program need not be installed to check the unit: something that is there stands for it.
        var folder = Directory.CreateTempSubdirectory("edgebench-unit-").FullName;
        try
        {
            var text = await File.ReadAllTextAsync(Repository.PathOf("deploy", "systemd", unit), TestContext.Current.CancellationToken);
            Assert.Contains("ExecStart=/usr/local/bin/edgebench ", text, StringComparison.Ordinal);
            var copy = Path.Combine(folder, unit);
            await File.WriteAllTextAsync(
                copy,
                text.Replace("/usr/local/bin/edgebench ", "/bin/true ", StringComparison.Ordinal),
                TestContext.Current.CancellationToken);

            var (code, output) = await VerifyAsync(copy);
            Assert.Equal((0, ""), (code, output));

            await File.AppendAllTextAsync(copy, "[Service]\nRestart=perhaps\n", TestContext.Current.CancellationToken);
            Assert.Contains("perhaps", (await VerifyAsync(copy)).Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int Code, string Output)> VerifyAsync(string unit)
    {
        using var process = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", unit])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, (await output + await errors).Trim());
    }
}

using System.ComponentModel;
using System.Diagnostics;
using EdgeBench.Runner.Engines.LiteRt;

namespace EdgeBench.Tests.Runner;

/// <summary>
/// The runner with a stand-in for LiteRT's library beside it (<c>litert-stub.c</c>), as the real one cannot be had everywhere: it checks how
/// it is called, and ends the process where that is wrong.
/// </summary>
public sealed class LiteRtStub : IDisposable
{
    private readonly Lazy<string> _folder = new(Make);

    /// <summary>The library.</summary>
    public string Library => Path.Combine(_folder.Value, LiteRtLibrary.FileName);

    /// <summary>The runner as the build made it, with the library beside it.</summary>
    public string Program => Path.Combine(_folder.Value, Path.GetFileName(RunnerProcess.Program));

    /// <summary>The folder of both.</summary>
    public string Folder => _folder.Value;

    public void Dispose()
    {
        if (_folder.IsValueCreated)
        {
            Directory.Delete(_folder.Value, recursive: true);
        }
    }

    private static string Make()
    {
        var folder = Directory.CreateTempSubdirectory("edgebench-litert-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "edgebench-runner*")
                .Append(Path.Combine(AppContext.BaseDirectory, "EdgeBench.RunnerContract.dll"))
                .Where(file => !file.EndsWith(".deps.json", StringComparison.Ordinal)))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            Compile(Path.Combine(folder, LiteRtLibrary.FileName));
            return folder;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private static void Compile(string library)
    {
        try
        {
            string[] arguments =
            [
                "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-o", library,
                Repository.PathOf("EdgeBench.Tests", "Runner", "litert-stub.c"),
            ];
            using var compiler = Process.Start(new ProcessStartInfo("gcc", arguments) { RedirectStandardError = true })!;
            var errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.True(compiler.ExitCode == 0, errors);
        }
        catch (Win32Exception)
        {
            Assert.Skip("left out: there is no gcc, which compiles the library that stands in for LiteRT's");
        }
    }
}

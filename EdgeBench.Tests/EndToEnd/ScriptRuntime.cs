using System.Text.Json;
using EdgeBench.RunnerContract;
using EdgeBench.Tests.Runner;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>
/// The folder of somebody who adds a runtime by the document alone: the shell script of docs/runner-contract.md, with a shell and the
/// programs that it calls, copied from this machine.
/// </summary>
internal static class ScriptRuntime
{
    private const string Infer = "#!/app/sh\nhead -c 16 \"$1\" >\"$3\"\n";

    private static readonly string[] Programs =
    [
        "base64", "cat", "cut", "date", "dirname", "grep", "head", "mktemp", "sed", "sh", "sha256sum", "sleep", "tr",
    ];

    /// <summary>Makes the folder.</summary>
    public static string Make(string folder, string name = "mine")
    {
        Directory.CreateDirectory(folder);
        WriteManifest(folder, new RuntimeManifest
        {
            Contract = ContractVersion.Current,
            Name = name,
            Version = "1",
            Model = RuntimeModelFormat.Onnx,
            Program = ["/app/sh", "/app/run.sh"],
        });
        File.WriteAllText(Path.Combine(folder, "run.sh"), ContractDocumentTests.Examples["script"]);
        WriteProgram(folder, "infer", Infer);
        foreach (var program in Programs)
        {
            File.Copy(Path.Combine("/bin", program), Path.Combine(folder, program));
        }

        return folder;
    }

    public static void WriteManifest(string folder, RuntimeManifest manifest) => File.WriteAllText(
        Path.Combine(folder, RuntimeManifest.FileName), JsonSerializer.Serialize(manifest, RunnerJson.Default.RuntimeManifest));

    public static void WriteProgram(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

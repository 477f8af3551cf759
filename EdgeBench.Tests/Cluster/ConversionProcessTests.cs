using System.Diagnostics;
using EdgeBench.Cluster.Calibration;
using EdgeBench.Cluster.Conversion;
using EdgeBench.Messages.Nodes;
using EdgeBench.Messages.Tasks;
using EdgeBench.Models;
using EdgeBench.Tests.Models;
using EdgeBench.Tests.Runtimes;

namespace EdgeBench.Tests.Cluster;

/// <summary>The process that converts a model for the server: the real command.</summary>
public sealed class ConversionProcessTests(BuiltImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Large => Repository.PathOf("zoo", "resnet50.json");

    private static string Small => Repository.PathOf("samples", "digits_k3.keras");

    public void Dispose() => _folder.Dispose();

    /// <summary>The process that converts in a folder or one below it, once there is one.</summary>
    internal static async Task<Process> FindAsync(string folder)
    {
        while (true)
        {
            foreach (var process in ProcessTable.Tree(Environment.ProcessId))
            {
                if (CommandLineOf(process) is [.., var last] words && words.Contains(ConversionProgram.Word)
                    && last.StartsWith(folder, StringComparison.Ordinal))
                {
                    return Process.GetProcessById(process);
                }
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void A_model_becomes_the_same_files_as_in_this_process()
    {
        var made = new ConversionProcess().Run(Request(Small), _folder.Path, TestContext.Current.CancellationToken);

        var model = Model.Read(Small, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(WrittenFiles.Onnx(model), File.ReadAllBytes(made.Files["onnx"]));
        Assert.Equal(WrittenFiles.Tflite(model), File.ReadAllBytes(made.Files["tflite"]));
        Assert.Equivalent(model.Inputs, made.Inputs, strict: true);
        Assert.Equal((model.Parameters, model.Flops, model.Macs), (made.Parameters, made.Flops, made.Macs));
        Assert.Equal(model.Weights.Text, made.Weights);
        Assert.StartsWith("Keras 3", made.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_user_says_of_a_model_reaches_the_process()
    {
        var options = new ModelReadOptions { SyntheticSeed = 7, InputShapes = new Dictionary<string, IReadOnlyList<int>> { ["no"] = [1] } };

        var refusal = Assert.Throws<ConversionRefusedException>(() => new ConversionProcess().Run(
            Request(Small) with { Options = options }, _folder.Path, TestContext.Current.CancellationToken));

        var here = Assert.Throws<ModelNotAcceptedException>(
            () => Model.Read(Small, options, TestContext.Current.CancellationToken));
        Assert.Equal(here.Message, refusal.Message);
    }

    [Fact]
    public void A_model_that_needs_more_memory_than_there_is_for_it_ends_its_process_alone()
    {
        var process = new ConversionProcess { MaximumBytes = 64 << 20 };

        var failure = Assert.Throws<ConversionEndedException>(
            () => process.Run(Request(Large), _folder.Path, TestContext.Current.CancellationToken));

        Assert.Equal("it needs more memory than a conversion may have here (64 MB)", failure.Message);
        process.Run(Request(Small), _folder.Path, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_process_that_is_not_wanted_any_more_is_gone()
    {
        using var cancellation = new CancellationTokenSource();
        var run = Task.Run(
            () => new ConversionProcess().Run(Request(Large), _folder.Path, cancellation.Token), TestContext.Current.CancellationToken);
        using var process = await FindAsync(_folder.Path);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task What_it_started_is_gone_with_it()
    {
        using var cancellation = new CancellationTokenSource();
        var conversion = new ConversionProcess { Program = Script("sleep 600 & sleep 600") };
        var run = Task.Run(() => conversion.Run(Request(Small), _folder.Path, cancellation.Token), TestContext.Current.CancellationToken);
        using var started = await FindAsync(_folder.Path);
        var tree = await BelowAsync(started, run, "sleep", 2);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await EndAsync(tree);
    }

    [Fact]
    public async Task A_calibration_is_gone_with_its_runner_and_leaves_nothing_outside_its_folder()
    {
        await images.OnnxRuntimeAsync();
        var samples = Path.Combine(_folder.Path, "samples.raw");
        using (var file = File.Create(samples))
        {
            file.SetLength(50L * 224 * 224 * 3 * sizeof(float));
        }

        using var cancellation = new CancellationTokenSource();
        var request = Request(Large) with
        {
            WithCounterpart = false,
            Precision = Precision.Integer,
            Calibration = [new CalibrationSource(null, samples)],
            Runtimes = images.Catalog.Folder,
        };
        var run = Task.Run(
            () => new ConversionProcess().Run(request, _folder.Path, cancellation.Token), TestContext.Current.CancellationToken);
        using var process = await FindAsync(_folder.Path);
        var runner = await BelowAsync(process, run, "edgebench-runner", 1);
        Assert.NotEmpty(Directory.EnumerateDirectories(_folder.Path, "edgebench-check-*"));

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await EndAsync(runner);
    }

    [Fact]
    public void The_memory_of_what_it_started_counts()
    {
        // The last line is the whole of it, which tail keeps.
        var process = new ConversionProcess { MaximumBytes = 64 << 20, Program = Script("head -c 600M /dev/zero | tail | sleep 600") };

        var failure = Assert.Throws<ConversionEndedException>(
            () => process.Run(Request(Small), _folder.Path, TestContext.Current.CancellationToken));

        Assert.Equal("it needs more memory than a conversion may have here (64 MB)", failure.Message);
    }

    [Fact]
    public async Task A_process_ends_with_its_server()
    {
        var start = new ProcessStartInfo(new ConversionProcess().Program, [ConversionProgram.Word, _folder.Path])
        {
            RedirectStandardInput = true,
        };
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, ConversionRequest.FileName),
            System.Text.Json.JsonSerializer.Serialize(Request(Large), ConversionJson.Default.ConversionRequest),
            TestContext.Current.CancellationToken);
        using var process = Process.Start(start)!;

        // As when the server is gone, however that came to be.
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(137, process.ExitCode);
        Assert.False(File.Exists(Path.Combine(_folder.Path, ConversionAnswer.FileName)));
    }

    [Fact]
    public void Without_the_program_the_message_says_so()
    {
        var process = new ConversionProcess { Program = Path.Combine(_folder.Path, "absent") };

        var failure = Assert.Throws<ConversionEndedException>(
            () => process.Run(Request(Small), _folder.Path, TestContext.Current.CancellationToken));

        Assert.StartsWith("the program that converts it does not start", failure.Message, StringComparison.Ordinal);
    }

    private static ConversionRequest Request(string model) => new()
    {
        Model = model,
        Options = new ModelReadOptions(),
        Format = "onnx",
        WithCounterpart = true,
        Precision = Precision.Single,
        Runtimes = "",
    };

    /// <summary>A program in place of the real one.</summary>
    private string Script(string command)
    {
        var path = Path.Combine(_folder.Path, "program");
        File.WriteAllText(path, $"#!/bin/sh\n{command}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>The processes of a name below another, once there are as many.</summary>
    private static async Task<IReadOnlyList<int>> BelowAsync(Process top, Task run, string name, int count)
    {
        while (!run.IsCompleted)
        {
            var found = ProcessTable.Tree(top.Id)
                .Where(process => CommandLineOf(process) is [var program, ..] && Path.GetFileName(program) == name).ToList();
            if (found.Count == count)
            {
                return found;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await run;
        throw new InvalidOperationException($"it ended before {count} {name} ran");
    }

    private static async Task EndAsync(IReadOnlyList<int> processes)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (processes.Any(process => ProcessTable.StartTicks(process) is not null))
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private static string[] CommandLineOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }
}

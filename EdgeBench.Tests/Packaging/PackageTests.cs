using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeBench.Cluster;
using EdgeBench.Cluster.Runtimes;
using EdgeBench.Messages.Devices;
using EdgeBench.Models;
using EdgeBench.Models.Quantization;
using EdgeBench.Tests.Cluster;
using EdgeBench.Tests.EndToEnd;
using EdgeBench.Tests.Models;
using EdgeBench.Tests.Runtimes;
using ProcessorArchitecture = System.Runtime.InteropServices.Architecture;

namespace EdgeBench.Tests.Packaging;

/// <summary>What <c>edgebench package</c> makes, as a board has it: unpacked into an empty folder, without .NET.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class PackageTests(BuiltPackages packages, BuiltImages images)
{
    [Fact]
    public async Task A_package_runs_without_dotnet_and_its_edge_node_joins_a_server_and_takes_the_images_of_the_package()
    {
        var image = await images.OnnxRuntimeAsync();
        using var folder = new TemporaryFolder();
        var package = await packages.UnpackOwnAsync(folder.Path);
        var command = Path.Combine(package, "edgebench");

        var version = await BareCommand.RunAsync(command, ["--version"], ("PATH", ""), ("HOME", folder.Path));
        Assert.Equal((0, ServerNode.Version), (version.ExitCode, version.Output.Trim()));

        var listed = await BareCommand.RunAsync(command, ["runtime", "list"], ("PATH", ""), ("HOME", folder.Path));
        Assert.Contains("edgebench/onnxruntime", listed.Output, StringComparison.Ordinal);
        var made = await BareCommand.RunAsync(command, ["package"], ("PATH", ""), ("HOME", folder.Path));
        Assert.Equal(1, made.ExitCode);
        Assert.Contains("made from a checkout with the .NET SDK", made.Error, StringComparison.Ordinal);

        await using var installation = new Installation(images, engine: null);
        var server = await installation.StartServerAsync();
        await server.SaysAsync("answers at");
        var token = await File.ReadAllTextAsync(Path.Combine(installation.ServerData, "token"), TestContext.Current.CancellationToken);
        using var edge = Process.Start(BareCommand.Prepare(
            command,
            ["edge", "--join", installation.Address, "--name", "board", "--isolation", "process", "--data", folder.Path + "/data"],
            ("PATH", ""), ("HOME", folder.Path), ("EDGEBENCH_TOKEN", token)))!;
        try
        {
            await installation.DeviceIsAsync("board", DevicePhase.Idle);
            await Condition.HoldsAsync(
                async () => (await installation.RunAsync("device", "show", "board")).Output.Contains("onnxruntime ready", StringComparison.Ordinal),
                "the image is ready");
            Assert.True(Directory.Exists(Path.Combine(folder.Path, "data", "runtimes", image.TarSha256!)));
            // What came from the server would lie here.
            Assert.False(File.Exists(Path.Combine(folder.Path, "data", "artifacts", image.TarSha256!)));
        }
        finally
        {
            edge.Kill();
            await edge.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Packing_the_same_twice_gives_the_same_bytes_and_their_hash_lies_beside_them()
    {
        // The package of all tests holds the images that are built by then.
        await images.OnnxRuntimeAsync();
        var first = await packages.OwnAsync();

        var second = await packages.PackOwnAgainAsync();

        Assert.NotEqual(first.Path, second.Path);
        Assert.Equal((first.Sha256, first.Bytes), (second.Sha256, second.Bytes));
        var check = await BareCommand.RunAsync(
            "/bin/sh",
            ["-c", "cd \"$(dirname \"$1\")\" && sha256sum --check --status \"$1\"", "sh", second.Path + ".sha256"]);
        Assert.Equal((0, ""), (check.ExitCode, check.Error));
    }

    [Fact]
    public async Task A_package_for_arm64_holds_programs_for_arm64_only_with_units_and_script()
    {
        Assert.SkipUnless(
            RuntimeInformation.OSArchitecture == ProcessorArchitecture.X64, "left out: only an x64 machine publishes for another");
        using var folder = new TemporaryFolder();

        var package = await packages.UnpackArm64Async(folder.Path);

        var programs = Directory.EnumerateFiles(package, "*", SearchOption.AllDirectories)
            .Select(file => (File: file, Elf: ElfFile.Read(file))).Where(file => file.Elf is not null).ToList();
        Assert.All(programs, program => Assert.Equal(ProcessorArchitecture.Arm64, program.Elf!.Architecture));
        string[] native = ["edgebench", "libcoreclr.so", "libe_sqlite3.so", "libSystem.Native.so"];
        Assert.Subset(programs.Select(program => Path.GetFileName(program.File)).ToHashSet(), native.ToHashSet());
        Assert.Equal("arm64\n", await File.ReadAllTextAsync(Path.Combine(package, "architecture"), TestContext.Current.CancellationToken));
        Assert.True(File.GetUnixFileMode(Path.Combine(package, "install.sh")).HasFlag(UnixFileMode.UserExecute));
        var units = Directory.EnumerateFiles(Path.Combine(package, "systemd")).Select(file => Path.GetFileName(file));
        Assert.Equal(["edgebench-edge.service", "edgebench-server.service"], units.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_command_for_arm64_runs_on_an_emulated_processor()
    {
        var qemu = Qemu.Find();
        using var folder = new TemporaryFolder();

        var package = await packages.UnpackArm64Async(folder.Path);

        var version = await BareCommand.RunAsync(
            qemu.Program, ["-L", Qemu.SystemLibraries(), Path.Combine(package, "app", "edgebench"), "--version"],
            ("HOME", folder.Path), ("QEMU_CPU", Qemu.Processor));
        Assert.Equal((0, ServerNode.Version), (version.ExitCode, version.Output.Trim()));
    }

    [Fact]
    public async Task A_conversion_on_arm64_gives_the_same_bytes()
    {
        var qemu = Qemu.Find();
        using var folder = new TemporaryFolder();
        var package = await packages.UnpackArm64Async(folder.Path);
        var file = Repository.PathOf("samples", "digits_k3.keras");
        var cancellation = TestContext.Current.CancellationToken;
        var model = Model.Read(file, cancellationToken: cancellation);
        var ranges = new TensorRanges();
        foreach (var probe in new[] { model.WriteOnnxProbe(Stream.Null, cancellation), model.WriteTfliteProbe(Stream.Null, cancellation) })
        {
            ranges.Add(
                probe, [.. probe.Tensors.Select((_, i) => -1f / (i + 1))], [.. probe.Tensors.Select((_, i) => 3f / (i + 1))]);
        }

        var measured = Path.Combine(folder.Path, "ranges.json");
        ranges.Write(measured);
        foreach (var (precision, formats, more) in new (ModelPrecision, string[], string[])[]
        {
            (ModelPrecision.Float32, ["onnx", "tflite"], []), (ModelPrecision.Int8, ["onnx", "tflite"], ["--ranges", measured]),
        })
        {
            var stem = Path.Combine(folder.Path, precision.Name());
            var converted = await BareCommand.RunAsync(
                qemu.Program,
                [
                    "-L", Qemu.SystemLibraries(), Path.Combine(package, "app", "edgebench"), "convert", file, "--to", string.Join(',', formats),
                    "--precision", precision.Name(), "--no-check", "--out", stem, .. more,
                ],
                ("HOME", folder.Path), ("QEMU_CPU", Qemu.Processor));
            Assert.True(converted.ExitCode == 0, converted.Error);

            var options = new ModelWriteOptions { Precision = precision, Ranges = precision == ModelPrecision.Int8 ? ranges : null };
            foreach (var format in formats)
            {
                var here = format == "onnx" ? WrittenFiles.Onnx(model, options) : WrittenFiles.Tflite(model, options);
                Assert.Equal(here, await File.ReadAllBytesAsync($"{stem}.{format}", cancellation));
            }
        }
    }
}

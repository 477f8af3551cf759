using System.Text;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using EdgeBench.Tests.Containers;

namespace EdgeBench.Tests.EndToEnd;

/// <summary>Runtimes that a user brings, through the command, the server and the edge node into real containers.</summary>
[Collection(EndToEndTestOrder.Name)]
public sealed class AddedRuntimeTests(SharedNodes nodes, PrivateEngine engine)
{
    [Fact]
    public async Task A_shell_script_is_added_as_a_runtime_and_measures_a_cell()
    {
        var installation = await nodes.StartedAsync();
        var folder = ScriptRuntime.Make(installation.PathOf("script"), "script");

        var added = (await installation.RunAsync("runtime", "add", folder)).Succeeded();
        Assert.Contains("script 1", added.Output, StringComparison.Ordinal);
        var listed = (await installation.RunAsync("runtime", "list")).Succeeded();
        Assert.Contains("edgebench/script:1-", listed.Output, StringComparison.Ordinal);
        Assert.Contains("edgebench/onnxruntime:", listed.Output, StringComparison.Ordinal);

        AssertMeasured(await BenchAsync(installation, "script"), "script");

        (await installation.RunAsync("runtime", "remove", "script")).Succeeded();
        Assert.DoesNotContain("script", (await installation.RunAsync("runtime", "list")).Output, StringComparison.Ordinal);
        (await BenchAsync(installation, "script")).FailedWith(2, "script", "onnxruntime");
        (await installation.RunAsync("runtime", "remove", "script")).FailedWith(1, "no runtime script was added");
        (await installation.RunAsync("runtime", "add", installation.PathOf("absent"))).FailedWith(1, "manifest.json");
    }

    [Fact]
    public async Task An_image_that_the_engine_has_is_added_by_its_name_or_as_its_archive()
    {
        var installation = await nodes.StartedAsync();
        using var client = new DockerClientBuilder().WithEndpoint(await engine.EndpointAsync()).Build();
        var built = await LoadAsync(installation, client, "built");
        var folder = ScriptRuntime.Make(installation.PathOf("named"), "named");

        var added = (await installation.RunAsync("runtime", "add", folder, "--image", built.Name, "--json")).Succeeded().Json;

        Assert.Equal(built.DiffIds, DiffIds(added));
        AssertMeasured(await BenchAsync(installation, "named"), "named");
        var again = (await installation.RunAsync(
            "runtime", "add", folder, "--image", added.GetProperty("file").GetString()!, "--json")).Succeeded().Json;
        Assert.Equal(built.DiffIds, DiffIds(again));
        (await installation.RunAsync("runtime", "add", folder, "--image", "nothing:1")).FailedWith(1, "no image nothing:1");
        (await installation.RunAsync("runtime", "add", folder, "--image", "absent.tar")).FailedWith(2, "no file absent.tar");
    }

    [Fact]
    public async Task A_device_pulls_an_image_from_a_registry_and_knows_it_by_its_layers()
    {
        await using var registry = await Registry.StartAsync();
        var installation = await nodes.StartedAsync();
        var endpoint = await engine.EndpointAsync();
        using var client = new DockerClientBuilder().WithEndpoint(endpoint).Build();
        var built = await LoadAsync(installation, client, "pushed");
        var reference = await registry.PushAsync(endpoint, built.Name, "mine");
        var folder = ScriptRuntime.Make(installation.PathOf("pulled"), "pulled");
        var added = (await installation.RunAsync("runtime", "add", folder, "--registry", reference, "--json")).Succeeded().Json;
        Assert.Equal(reference, added.GetProperty("registry").GetString());
        Assert.Equal(JsonValueKind.Null, added.GetProperty("tarSha256").ValueKind);
        Assert.Equal(built.DiffIds, DiffIds(added));
        await ForgetAsync(client, built.Name, reference);

        AssertMeasured(await BenchAsync(installation, "pulled"), "pulled");

        await ForgetAsync(client, built.Name, reference);
        var description = Path.Combine(installation.ServerData, "runtimes", $"pulled-{added.GetProperty("architecture").GetString()}.json");
        var wrong = (await File.ReadAllTextAsync(description, TestContext.Current.CancellationToken)).Replace(
            built.DiffIds[0], "sha256:" + new string('0', 64), StringComparison.Ordinal);
        // A file that is renamed into the folder is what the server notices.
        await File.WriteAllTextAsync(description + ".new", wrong, TestContext.Current.CancellationToken);
        File.Move(description + ".new", description, overwrite: true);
        AssertFailed(await BenchAsync(installation, "pulled"), "has other layers than the server says");

        await ForgetAsync(client, built.Name, reference);
        await registry.DisposeAsync();
        AssertFailed(await BenchAsync(installation, "pulled"), $"pull the image {reference}");
        (await installation.RunAsync("runtime", "add", folder, "--registry", reference)).FailedWith(1, "pull the image");
        (await installation.RunAsync("runtime", "add", folder, "--registry", reference.Split('@')[0])).FailedWith(1, "@sha256:DIGEST");
        (await installation.RunAsync("runtime", "remove", "pulled")).Succeeded();
    }

    [Fact]
    public async Task An_image_is_pulled_with_the_credentials_of_the_user_and_a_refusal_says_what_to_do()
    {
        await using var registry = await Registry.StartAsync(asksForCredentials: true);
        var installation = await nodes.StartedAsync();
        var endpoint = await engine.EndpointAsync();
        using var client = new DockerClientBuilder().WithEndpoint(endpoint).Build();
        var built = await LoadAsync(installation, client, "kept");
        var reference = await registry.PushAsync(endpoint, built.Name, "kept");
        await ForgetAsync(client, built.Name, reference);
        var folder = ScriptRuntime.Make(installation.PathOf("private"), "private");
        var configuration = Path.Combine(Directory.CreateDirectory(installation.DockerFolder).FullName, "config.json");
        Task ConfigureAsync(string text) => File.WriteAllTextAsync(configuration, text, TestContext.Current.CancellationToken);

        (await installation.RunAsync("runtime", "add", folder, "--registry", reference))
            .FailedWith(1, $"{configuration} has no credentials for {registry.Host}", $"run 'docker login {registry.Host}' as ");
        await ConfigureAsync(registry.Configuration(Registry.Password));
        (await installation.RunAsync("runtime", "add", folder, "--registry", reference)).Succeeded();
        await ForgetAsync(client, reference);
        AssertMeasured(await BenchAsync(installation, "private"), "private");
        await ShowsAsync(installation, "private ready");

        await ForgetAsync(client, reference);
        await ConfigureAsync(registry.Configuration("another-word"));
        AssertFailed(await BenchAsync(installation, "private"), $"{registry.Host} does not let in the user of {configuration}");
        await ConfigureAsync("{ \"auths\": ");
        AssertFailed(await BenchAsync(installation, "private"), $"{configuration} is no configuration of Docker");

        await ConfigureAsync($$"""{ "credHelpers": { "{{registry.Host}}": "safe" } }""");
        ScriptRuntime.WriteProgram(
            installation.DockerFolder, "docker-credential-safe", $"#!/bin/sh\ncat >/dev/null; echo {Registry.Password}; exit 1\n");
        AssertFailed(await BenchAsync(installation, "private"), "docker-credential-safe, which", "ended with exit code 1");
        ScriptRuntime.WriteProgram(installation.DockerFolder, "docker-credential-safe", $$"""
            #!/bin/sh
            read -r server
            [ "$1 $server" = "get {{registry.Host}}" ] || exit 1
            echo '{"ServerURL":"{{registry.Host}}","Username":"{{Registry.User}}","Secret":"{{Registry.Password}}"}'
            """);
        AssertMeasured(await BenchAsync(installation, "private"), "private");
        await ForgetAsync(client, reference);
        await ConfigureAsync("""{ "credsStore": "safe" }""");
        AssertMeasured(await BenchAsync(installation, "private"), "private");

        (await installation.RunAsync("runtime", "remove", "private")).Succeeded();
        Directory.Delete(installation.DockerFolder, recursive: true);
        AssertKeptNowhere(installation, Registry.Password, registry.Configuration(Registry.Password).Split('"')[^2]);
    }

    [Fact]
    public async Task A_device_that_joins_gets_images_ready_and_shows_it_and_one_that_is_added_later_too()
    {
        var installation = await nodes.StartedAsync();
        await ShowsAsync(installation, "onnxruntime ready");

        var folder = ScriptRuntime.Make(installation.PathOf("ahead"), "ahead");
        (await installation.RunAsync("runtime", "add", folder)).Succeeded();
        await ShowsAsync(installation, "ahead ready");
        using var client = new DockerClientBuilder().WithEndpoint(await engine.EndpointAsync()).Build();
        var images = await client.Images.ListImagesAsync(new ImagesListParameters { All = true }, TestContext.Current.CancellationToken);
        Assert.Contains(
            images.SelectMany(image => image.RepoTags ?? []), tag => tag.StartsWith("edgebench/ahead:1-", StringComparison.Ordinal));

        (await installation.RunAsync("runtime", "remove", "ahead")).Succeeded();
    }

    private static async Task ShowsAsync(Installation installation, string part)
    {
        var shown = "";
        try
        {
            await Condition.HoldsAsync(
                async () =>
                {
                    shown = (await installation.RunAsync("device", "show", "edge")).Output;
                    return shown.Contains(part, StringComparison.Ordinal);
                },
                part);
        }
        finally
        {
            TestContext.Current.TestOutputHelper?.WriteLine(shown);
        }
    }

    private static Task<CommandResult> BenchAsync(Installation installation, string runtime) =>
        installation.RunAsync("bench", Installation.Model("digits_k3.keras"), "--runtime", runtime, "--runs", "30", "--json");

    // What the verdict on so rough a runtime is, is another matter: exit code 5 is as good as 0.
    private static void AssertMeasured(CommandResult bench, string runtime)
    {
        Assert.True(bench.ExitCode is 0 or 5, $"exit code {bench.ExitCode}: {bench.Error}{bench.Output}");
        var cell = Assert.Single(bench.Json.GetProperty("cells").EnumerateArray().ToList());
        Assert.Equal(("measured", runtime), (cell.GetProperty("phase").GetString(), cell.GetProperty("runtime").GetString()));
    }

    private static void AssertFailed(CommandResult bench, params string[] parts)
    {
        Assert.Equal(1, bench.ExitCode);
        Assert.All(parts, part => Assert.Contains(part, bench.Output, StringComparison.Ordinal));
    }

    /// <summary>Sees that no file of the nodes, and nothing that they said, holds a secret.</summary>
    private void AssertKeptNowhere(Installation installation, params string[] secrets)
    {
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, nodes.Server.Said + nodes.Edge.Said, StringComparison.Ordinal));
        // The empty ones are locks that the nodes hold.
        var files = new[] { installation.ServerData, installation.EdgeData("edge") }
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => new FileInfo(file).Length > 0).ToList();
        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            Assert.All(secrets, secret => Assert.Equal(-1, content.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret))));
        });
    }

    private static List<string> DiffIds(JsonElement image) =>
        [.. image.GetProperty("diffIds").EnumerateArray().Select(id => id.GetString()!)];

    /// <summary>An image that the engine has, as if somebody had built it there.</summary>
    private static async Task<(string Name, List<string> DiffIds)> LoadAsync(Installation installation, DockerClient client, string name)
    {
        var folder = ScriptRuntime.Make(installation.PathOf("of-" + name), name);
        var packed = (await installation.RunAsync("runtime", "add", folder, "--json")).Succeeded().Json;
        await using var tar = File.OpenRead(packed.GetProperty("file").GetString()!);
        await client.Images.LoadImageAsync(
            new ImageLoadParameters { Quiet = true }, tar, new Progress<JSONMessage>(), TestContext.Current.CancellationToken);
        (await installation.RunAsync("runtime", "remove", name)).Succeeded();
        return (packed.GetProperty("name").GetString()!, DiffIds(packed));
    }

    private static async Task ForgetAsync(DockerClient client, params string[] names)
    {
        foreach (var name in names)
        {
            try
            {
                await client.Images.DeleteImageAsync(
                    name, new ImageDeleteParameters { Force = true }, TestContext.Current.CancellationToken);
            }
            catch (DockerImageNotFoundException)
            {
                // Which is what is wanted.
            }
        }
    }
}

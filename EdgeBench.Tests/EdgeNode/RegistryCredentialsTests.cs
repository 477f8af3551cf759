using System.Text;
using EdgeBench.EdgeNode.Containers;
using EdgeBench.EdgeNode.Inference;
using EdgeBench.Tests.Cluster;

namespace EdgeBench.Tests.EdgeNode;

public sealed class RegistryCredentialsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RegistryCredentials Credentials => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nobody_who_never_logged_in_has_any()
    {
        Assert.Null(await Credentials.FindAsync("example.org", Cancellation));
        Write("{}");
        Assert.Null(await Credentials.FindAsync("example.org", Cancellation));
        Write("""{ "auths": { "example.org:5000": { "auth": "YTpi" }, "example.org": {} }, "credHelpers": null }""");
        Assert.Null(await Credentials.FindAsync("example.org", Cancellation));
    }

    [Theory]
    [InlineData("example.org:5000", "example.org:5000")]
    [InlineData("example.org", "https://example.org/v1/")]
    [InlineData("docker.io", "https://index.docker.io/v1/")]
    public async Task A_login_is_found_by_its_host_or_the_address_that_it_is_kept_under(string host, string key)
    {
        // A password may hold colons.
        Write($$"""{ "auths": { "{{key}}": { "auth": "{{Base64("me:a:b")}}" }, "other.org": { "auth": "{{Base64("x:y")}}" } } }""");

        var found = await Credentials.FindAsync(host, Cancellation);

        Assert.Equal(("me", "a:b"), (found!.Username, found.Password));
    }

    [Fact]
    public async Task A_token_stands_in_for_a_password()
    {
        Write("""{ "auths": { "example.org": { "auth": "", "identitytoken": "abc" } } }""");

        Assert.Equal("abc", (await Credentials.FindAsync("example.org", Cancellation))!.IdentityToken);
    }

    [Fact]
    public async Task What_cannot_be_used_is_told_by_its_file_and_without_its_secret()
    {
        Write("""{ "auths": { "example.org": { "auth": "secret!" } } }""");
        await RefusedAsync(Credentials.File, "USER:PASSWORD", "docker login example.org");
        Write("{\n\"auths\": { \"example.org\": { \"auth\": secret } } }");
        await RefusedAsync(Credentials.File, "line 2");
        Write("""{ "credsStore": "that-nobody-has" }""");
        await RefusedAsync(Credentials.File, "docker-credential-that-nobody-has");

        async Task RefusedAsync(params string[] parts)
        {
            var refused = await Assert.ThrowsAsync<InferenceFailedException>(() => Credentials.FindAsync("example.org", Cancellation));
            Assert.All(parts, part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
            Assert.DoesNotContain("secret", refused.ToString(), StringComparison.Ordinal);
        }
    }

    private void Write(string text) => File.WriteAllText(Credentials.File, text);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

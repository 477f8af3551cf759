using System.Globalization;

namespace EdgeBench.Client;

/// <summary>The address of a server's HTTP port.</summary>
internal static class ServerAddress
{
    /// <summary>Reads <c>HOST[:PORT]</c>.</summary>
    /// <returns>The address, or null where the text is none.</returns>
    public static Uri? Parse(string text)
    {
        var hasPort = text.LastIndexOf(':') is > 0 and var colon && !text[colon..].Contains(']', StringComparison.Ordinal);
        var full = string.Create(CultureInfo.InvariantCulture, $"http://{text}{(hasPort ? "" : $":{ClientOptions.DefaultPort}")}/");
        return Uri.TryCreate(full, UriKind.Absolute, out var address) && address.AbsolutePath == "/" && address.UserInfo.Length == 0
            ? address
            : null;
    }
}

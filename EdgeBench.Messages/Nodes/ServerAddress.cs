using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EdgeBench.Messages.Nodes;

/// <summary>Where a server is: its host and HTTP port, which is all that an edge node needs to know of it.</summary>
public sealed record ServerAddress : IParsable<ServerAddress>
{
    private ServerAddress(string host, int port) => (Host, Port) = (host, port);

    /// <summary>A host name or an IP address, an IPv6 one without brackets.</summary>
    public string Host { get; }

    /// <summary>The HTTP port.</summary>
    public int Port { get; }

    /// <summary>The beginning of the addresses of all that it serves.</summary>
    public Uri Http => new UriBuilder(Uri.UriSchemeHttp, Host, Port).Uri;

    /// <summary>What to say, and to do, where the server refuses the token.</summary>
    public string TokenRefused =>
        $"the server at {this} refuses the token; set EDGEBENCH_TOKEN to what stands in the file 'token' of the server's data folder";

    /// <summary>
    /// Reads <c>HOST[:PORT]</c>; an IPv6 address stands in brackets. Without a port it is <see cref="NodeNames.DefaultHttpPort"/>.
    /// </summary>
    /// <exception cref="FormatException">The text is no such address.</exception>
    public static ServerAddress Parse(string s, IFormatProvider? provider = null) => TryParse(s, provider, out var address)
        ? address
        : throw new FormatException(
            $"'{s}' is no server address: HOST or HOST:PORT, as in 192.168.1.10 or bench.local:{NodeNames.DefaultHttpPort}");

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ServerAddress result)
    {
        result = null;
        if (s is null)
        {
            return false;
        }

        var colon = s.LastIndexOf(':');
        var hasPort = colon > s.LastIndexOf(']');
        var host = (hasPort ? s[..colon] : s).Trim('[', ']');
        var port = NodeNames.DefaultHttpPort;
        if (hasPort && (!int.TryParse(s[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535))
        {
            return false;
        }

        var kind = Uri.CheckHostName(host);
        if (kind is UriHostNameType.Unknown or UriHostNameType.Basic || (kind == UriHostNameType.IPv6 && !s.StartsWith('[')))
        {
            return false;
        }

        result = new ServerAddress(host, port);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => Http.Authority;
}

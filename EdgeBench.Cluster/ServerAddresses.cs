using System.Net;
using System.Net.Sockets;

namespace EdgeBench.Cluster;

/// <summary>Where a server listens, and by which name others reach it.</summary>
internal static class ServerAddresses
{
    /// <summary>A documentation address (RFC 5737): nothing is ever sent there, only the way out is asked for.</summary>
    private const string Elsewhere = "192.0.2.1";

    /// <summary>Refuses what would open an unencrypted server to others without a word.</summary>
    /// <exception cref="ServerStartException">It listens beyond loopback and was not told that this is wanted.</exception>
    public static void Check(ServerOptions options)
    {
        if (!IPAddress.IsLoopback(options.ListenAddress) && !options.Insecure)
        {
            throw new ServerStartException(
                $"listening on {options.ListenAddress} opens the server to other machines, and the connections are not encrypted: "
                + "say --insecure where the network is trusted, or leave --listen away");
        }
    }

    /// <summary>Refuses ports that cannot be had, before those who open them say so in many lines.</summary>
    /// <exception cref="ServerStartException">A port cannot be listened on.</exception>
    public static void CheckPorts(ServerOptions options)
    {
        CheckFree("HTTP port", options.ListenAddress, options.HttpPort, "--port N");
        CheckFree("cluster port", options.ListenAddress, options.AkkaPort, "--cluster-port N");
    }

    /// <summary>What is to be said again and again of a server that others reach.</summary>
    public static IReadOnlyList<string> WarningsOf(ServerOptions options) => IPAddress.IsLoopback(options.ListenAddress)
        ? []
        :
        [
            $"insecure: the server listens on {options.ListenAddress} without encryption; "
                + "whoever reads along on the network reads the token",
        ];

    /// <summary>The name by which others reach the server.</summary>
    public static string PublicHostOf(ServerOptions options)
    {
        if (options.PublicHost is not null)
        {
            return options.PublicHost;
        }

        var listens = options.ListenAddress;
        return listens.Equals(IPAddress.Any) || listens.Equals(IPAddress.IPv6Any) ? WayOut() : listens.ToString();
    }

    private static void CheckFree(string what, IPAddress address, int port, string option)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw new ServerStartException(
                $"the {what} {new IPEndPoint(address, port)} cannot be listened on: {exception.Message}; is another server running? "
                + $"choose another port: {option}",
                exception);
        }
    }

    private static string WayOut()
    {
        try
        {
            // A datagram socket that connects sends nothing: it only looks the route up.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(Elsewhere, 9);
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            // A machine without a way out has at least a name.
            return Dns.GetHostName();
        }
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using EdgeBench.Messages.Joining;
using EdgeBench.Messages.Nodes;
using EdgeBench.Messages.Serialization;

namespace EdgeBench.EdgeNode.Joining;

/// <summary>Asks a server to be let in. What goes wrong is an answer for people, by name and with what to do.</summary>
internal sealed class JoinClient(ServerAddress server, string token, HttpClient http) : IJoinClient
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    public async Task<LocalAddress> FindLocalAddressAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectLimit);
        try
        {
            // IPv4 first: an address of this kind needs no care in any configuration.
            var addresses = (await Dns.GetHostAddressesAsync(server.Host, limit.Token).ConfigureAwait(false))
                .OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork).ToArray();
            using var socket = await ConnectAsync(addresses, server.Port, limit.Token).ConfigureAwait(false);
            return new LocalAddress(((IPEndPoint)socket.LocalEndPoint!).Address.ToString(), null);
        }
        catch (SocketException problem)
        {
            return new LocalAddress(null, Describe(problem.SocketErrorCode, problem.Message));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new LocalAddress(
                null, $"{server} does not answer: is the host on, and does its firewall let port {server.Port} through?");
        }
    }

    public async Task<JoinReply> AskAsync(JoinRequest request, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Http, "join"))
            {
                Content = JsonContent.Create(request, options: MessagesJson.Options),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            };
            using var response = await http.SendAsync(message, limit.Token).ConfigureAwait(false);
            return await ReadAsync(response, limit.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException problem)
        {
            return JoinReply.Refused(problem.InnerException is SocketException socket
                ? Describe(socket.SocketErrorCode, socket.Message)
                : NoServer(problem.Message));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return JoinReply.Refused($"the server at {server} has not answered within {AnswerLimit.TotalSeconds:0} s");
        }
    }

    private static async Task<Socket> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellation)
    {
        foreach (var (index, address) in addresses.Index())
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address, port, cancellation).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException) when (index < addresses.Length - 1)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<JoinReply> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return JoinReply.Refused(server.TokenRefused);
        }

        if (!response.IsSuccessStatusCode)
        {
            var text = (await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)).Trim();
            var said = $"it said {(int)response.StatusCode} {response.ReasonPhrase} {text[..Math.Min(text.Length, 300)]}".Trim();
            return JoinReply.Refused(NoServer(said));
        }

        try
        {
            var answer = await response.Content.ReadFromJsonAsync<JoinAnswer>(MessagesJson.Options, cancellation).ConfigureAwait(false);
            return answer is not null ? Judge(answer) : JoinReply.Refused(NoServer("its answer is empty"));
        }
        catch (JsonException)
        {
            return JoinReply.Refused(NoServer("its answer is not what a server says"));
        }
    }

    private JoinReply Judge(JoinAnswer answer) =>
        // What a build adds behind the plus sign is its commit.
        answer.Version.Split('+')[0] != NodeVersion.Current ? JoinReply.Refused(
            $"the server at {server} is version {answer.Version}, this edge node is version {NodeVersion.Current}; "
            + "install the same on both")
        : answer.DialBack is { } why ? JoinReply.Refused(why)
        : JoinReply.Accepted(answer);

    private string NoServer(string what) => $"what listens at {server} is no EdgeBench server of this version: {what}; check --join";

    private string Describe(SocketError error, string message) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            $"no host is known by the name '{server.Host}': check --join, or this host's DNS",
        SocketError.ConnectionRefused =>
            $"nothing listens at {server}: is 'edgebench server' running there, and does it listen beyond loopback?",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown =>
            $"there is no way to {server} from here: check the network, and --join",
        _ => $"{server} cannot be reached: {message}",
    };
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>A connection on which a test sends whatever it likes.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly StringBuilder _text = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RawConnection> OpenAsync(LeadApp app)
    {
        var connection = new RawConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, app.Client.BaseAddress!.Port, Token);
        return connection;
    }

    /// <summary>
    /// Sends this on a connection of its own, waits for so many answers (or a moment, when it isn't known whether there will be any),
    /// ends its side and reads what else comes. A caller that ends its side first counts as gone.
    /// </summary>
    public static async Task<IReadOnlyList<int>> AnswersAsync(LeadApp app, string request, int? answers = null)
    {
        using var connection = await OpenAsync(app);
        await connection.SendAsync(request);
        await connection.ReadAsync(answers is null ? Moment : Patience, text => Statuses(text).Count >= (answers ?? 1));
        connection.EndSending();
        return Statuses(await connection.ReadToEndAsync());
    }

    /// <summary>The status codes in what was read; what is in bodies doesn't count.</summary>
    public static IReadOnlyList<int> Statuses(string text) =>
        [.. text.Split("HTTP/1.").Skip(1).Where(part => part.Length > 5 && part[1] == ' ').Select(part => int.Parse(part.AsSpan(2, 3), NumberStyles.None, CultureInfo.InvariantCulture))];

    /// <summary>False when the server doesn't listen any more.</summary>
    public async Task<bool> SendAsync(string text)
    {
        try
        {
            var bytes = Encoding.Latin1.GetBytes(text);
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await _socket.SendAsync(bytes.AsMemory(sent), Token);
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Closed by the server already.
        }
    }

    /// <summary>Everything until the server closes, or resets, the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        Assert.True(await ReadAsync(Patience, _ => false), $"The server keeps the connection; it has sent: {_text}");
        Assert.DoesNotContain("   at ", _text.ToString(), StringComparison.Ordinal);
        return _text.ToString();
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>False when the time is over before the connection is, or before it is enough.</summary>
    private async Task<bool> ReadAsync(TimeSpan patience, Func<string, bool> enough)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Token);
        timeout.CancelAfter(patience);
        var buffer = new byte[16 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer, timeout.Token) is > 0 and var length)
            {
                _text.Append(Encoding.UTF8.GetString(buffer, 0, length));
                if (enough(_text.ToString()))
                {
                    break;
                }
            }

            return true;
        }
        catch (SocketException)
        {
            // A reset is an end too.
            return true;
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            return false;
        }
    }
}

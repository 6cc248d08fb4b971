using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LeadFunctions.Benchmarks.Load;

/// <summary>One keep-alive connection that posts leads, one after the other.</summary>
internal sealed class LeadConnection(Socket socket, string headers = "") : IDisposable
{
    private readonly byte[] _request = LeadRequest.Make(headers);
    private readonly byte[] _answer = new byte[16 * 1024];

    /// <summary>Posts a lead that was never posted before; the answer's status, null when the connection was lost.</summary>
    public async Task<int?> PostAsync()
    {
        LeadRequest.Renew(_request, headers);
        try
        {
            await socket.SendAsync(_request);
            var length = 0;
            while (true)
            {
                var read = await socket.ReceiveAsync(_answer.AsMemory(length));
                if (read == 0)
                {
                    return null;
                }

                length += read;
                if (Status(_answer.AsSpan(0, length)) is { } status)
                {
                    return status;
                }
            }
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Null as long as the answer isn't complete.</summary>
    private static int? Status(ReadOnlySpan<byte> answer)
    {
        var headers = answer.IndexOf("\r\n\r\n"u8);
        if (headers < 0)
        {
            return null;
        }

        const string Length = "content-length:";
        var text = Encoding.ASCII.GetString(answer[..(headers + 2)]);
        var at = text.IndexOf(Length, StringComparison.OrdinalIgnoreCase) + Length.Length;
        var body = int.Parse(text[at..text.IndexOf('\r', at)], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        return answer.Length < headers + 4 + body ? null : int.Parse(text.AsSpan("HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}

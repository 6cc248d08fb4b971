using Microsoft.AspNetCore.Http;

namespace LeadFunctions.Tests.Remote;

/// <summary>Something that goes wrong with one request. Made by its factory methods only; <c>LoopbackServer</c> knows every kind.</summary>
internal abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>Nothing ever comes back; ends when the client leaves or the server is disposed.</summary>
    public static Fault Hang { get; } = new Hanging(AfterHandling: false);

    /// <summary>The work is done, and no answer ever comes.</summary>
    public static Fault HangAfterHandling { get; } = new Hanging(AfterHandling: true);

    /// <summary>The connection breaks before anything was done.</summary>
    public static Fault Reset { get; } = new Resetting(AfterHandling: false);

    /// <summary>The work is done, then the connection breaks: the client can't know.</summary>
    public static Fault ResetAfterHandling { get; } = new Resetting(AfterHandling: true);

    /// <summary>Nothing wrong: keeps a place in <c>LoopbackServer.FailNext</c> for a request that is answered properly.</summary>
    public static Fault None { get; } = new Delaying(TimeSpan.Zero);

    public static Fault Status(int code, string? body = null, string contentType = "application/json", params IReadOnlyList<(string Name, string Value)> headers) =>
        new Answering(new Reply(code, body, contentType, headers));

    /// <summary>The right answer, late.</summary>
    public static Fault Delay(TimeSpan delay) => new Delaying(delay);

    /// <summary>The right answer, when the test says so.</summary>
    public static Fault Until(Task told) => new Holding(told);

    /// <summary>An answer of this many bytes, without a Content-Length.</summary>
    public static Fault HugeBody(int code, int bytes) => new Flooding(code, bytes);

    /// <summary>307: a client that follows sends the same body to the other place.</summary>
    public static Fault Redirect(string to) => new Answering(new Reply(307, Headers: ("Location", to)));

    internal sealed record Answering(Reply Reply) : Fault;

    internal sealed record Hanging(bool AfterHandling) : Fault;

    internal sealed record Resetting(bool AfterHandling) : Fault;

    internal sealed record Delaying(TimeSpan Time) : Fault;

    internal sealed record Holding(Task Told) : Fault;

    internal sealed record Flooding(int Code, int Bytes) : Fault
    {
        public async Task SendAsync(HttpContext context, CancellationToken cancellationToken)
        {
            context.Response.StatusCode = Code;
            context.Response.ContentType = "text/plain";
            var chunk = new byte[64 * 1024];
            Array.Fill(chunk, (byte)'x');
            for (var left = Bytes; left > 0; left -= chunk.Length)
            {
                await context.Response.Body.WriteAsync(chunk.AsMemory(0, Math.Min(left, chunk.Length)), cancellationToken);
            }
        }
    }
}

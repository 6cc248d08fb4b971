using System.Globalization;
using System.Text;
using LeadFunctions.Benchmarks.Programs;

namespace LeadFunctions.Benchmarks.Load;

/// <summary>The post of <c>samples/lead.json</c> as bytes, with a number in its e-mail address that makes every lead another one.</summary>
internal static class LeadRequest
{
    private const string Marked = "someone@";
    private const int Digits = 16;

    private static long _next = FirstNumber();

    static LeadRequest()
    {
        var body = File.ReadAllText(Repository.File("samples", "lead.json"));
        var at = body.IndexOf(Marked, StringComparison.Ordinal) + Marked.Length - 1;
        var length = Encoding.UTF8.GetByteCount(body) + Digits;
        Body = [body[..at], body[at..]];
        Start = $"POST {LoopbackAddress.LeadsPath} HTTP/1.1\r\n";
        Before = $"{Start}Host: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{Body[0]}";
        After = Body[1];
    }

    /// <summary>The lead before and after its number.</summary>
    public static IReadOnlyList<string> Body { get; }

    private static string Start { get; }

    public static string Before { get; }

    public static string After { get; }

    /// <summary>The first number of a run: no two runs overlap below a million requests a second.</summary>
    public static long FirstNumber() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000;

    /// <summary>A request whose number <see cref="Renew"/> replaces.</summary>
    public static byte[] Make(string headers) => Encoding.UTF8.GetBytes(Start + headers + Before[Start.Length..] + new string('0', Digits) + After);

    public static void Renew(byte[] request, string headers) =>
        Interlocked.Increment(ref _next).TryFormat(request.AsSpan(Encoding.UTF8.GetByteCount(Before) + headers.Length, Digits), out _, "D16", CultureInfo.InvariantCulture);
}

using System.IO.Compression;
using System.Text;
using LeadFunctions.Tests.Intake;

namespace LeadFunctions.Benchmarks.Cost;

/// <summary>Requests that are made to cost much by other things than their JSON.</summary>
internal static class CostlyRequests
{
    private const string Json = "Content-Type: application/json\r\n";
    private const string Form = "Content-Type: application/x-www-form-urlencoded\r\n";
    private const string Multipart = "Content-Type: multipart/form-data; boundary=b\r\n";
    private const int Most = CostlyBodies.MostBytes;

    /// <summary>Posts of leads.</summary>
    public static IReadOnlyList<(string Name, string Headers, byte[] Body)> Posts { get; } =
    [
        ("a form", Form, Bytes(Repeated("p=1&"))),
        ("a form of JSON that is none", Form, Bytes("{" + Repeated("\"p\":1,"))),
        ("many parts", Multipart, Bytes(Repeated("--b\r\nContent-Disposition: form-data; name=\"p\"\r\n\r\n1\r\n"))),
        ("no JSON at its end", Json, Bytes("{" + Repeated("\"p\":1,") + "}")),
        ("not closed", Json, Bytes(Repeated("{\"p\":["))),
        ("too large", Json, new byte[1_000_000]),
        ("zeros", Json, new byte[Most]),
        ("UTF-16", Json, Encoding.Unicode.GetBytes($$"""{"Description":"{{new string('d', Most / 2)}}"}""")),
        ("UTF-32", Json, Encoding.UTF32.GetBytes($$"""{"Description":"{{new string('d', Most / 4)}}"}""")),
        ("Windows-1252", Json, [.. """{"Description":" """u8, .. Enumerable.Repeat((byte)0xE9, Most), .. "\"}"u8]),
        ("halves of letters", Json, Bytes($$"""{"Description":"{{Repeated("\\ud800")}}"}""")),
        ("another charset", "Content-Type: application/json; charset=gb18030\r\n", [.. """{"Description":" """u8, .. Enumerable.Repeat((byte)0xB0, Most), .. "\"}"u8]),
        ("compressed", $"{Json}Content-Encoding: gzip\r\n", Gzip(Bytes($$"""{"Description":"{{new string('d', Most)}}"}"""), 1)),
        ("compressed, a bomb", $"{Json}Content-Encoding: gzip\r\n", Gzip(new byte[200_000_000], 1)),
        ("compressed three times, a bomb", $"{Json}Content-Encoding: gzip, gzip, gzip\r\n", Gzip(new byte[200_000_000], 3)),
        ("compressed and not said", Json, Gzip(new byte[200_000_000], 1)),
        ("said to be compressed", $"{Json}Content-Encoding: gzip\r\n", Bytes("{" + Repeated("\"p\":1,") + "\"q\":1}")),
        ("many codings", $"{Json}Content-Encoding: {string.Join(",", Enumerable.Repeat("gzip", 5_000))}\r\n", Bytes("{}")),
        ("a text of JSON", Json, Bytes($"\"{Repeated("\\u007b")}\"")),
        ("a list", Json, Bytes($"[{Repeated("1,")}1]")),
        ("escapes of addresses", Json, [0xFF, .. Bytes(Repeated("a%40b.example&#64;"))]),
        ("signs", Json, [0xFF, .. Bytes(Repeated("@"))]),
        ("numbers of letters", Json, [0xFF, .. Bytes(Repeated("\\u0040"))]),
    ];

    /// <summary>Anything else. Headers have 32 KB at most, and the first line 8 KB.</summary>
    public static IReadOnlyList<(string Name, string Method, string Path, string Headers, byte[] Body)> Others { get; } =
    [
        ("a list with many parameters", "GET", $"/api/runs?{Short("p=1&")}", "Accept: application/json\r\n", []),
        ("a page with many parameters", "GET", $"/api/runs?{Short("p=1&")}", "Accept: text/html\r\n", []),
        ("a page with many names", "GET", $"/api/runs?{Names()}", "Accept: text/html\r\n", []),
        ("a search for a long text", "GET", $"/api/runs?text={Short("a")}", "Accept: text/html\r\n", []),
        ("a search for many words", "GET", $"/api/runs?text={Short("a%20")}", "Accept: text/html\r\n", []),
        ("a long path", "GET", $"/api/runs/{Short("a/")}", "Accept: text/html\r\n", []),
        ("an encoded path", "GET", $"/api/runs/{Short("%2e%2f")}", "Accept: text/html\r\n", []),
        ("many cookies", "GET", "/api/runs", $"Accept: text/html\r\nCookie: {Header("c=1; ")}\r\n", []),
        ("many accepted types", "GET", "/api/runs", $"Accept: {Header("text/html;q=0.1,")}*/*\r\n", []),
        ("many forwarders", "GET", "/api/health/ready", $"X-Forwarded-For: {Header("1.1.1.1, ")}1.1.1.1\r\n", []),
        ("a key among many", "GET", $"/api/runs?{Short("code=x&")}", "Accept: application/json\r\n", []),
        ("signing in with a long key", "POST", "/api/runs/sign-in", Form, Bytes("key=" + Repeated("%61"))),
        ("signing in with many fields", "POST", "/api/runs/sign-in", Form, Bytes(Repeated("k=1&"))),
        ("signing in by parts", "POST", "/api/runs/sign-in", Multipart, Bytes(Repeated("--b\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\n1\r\n"))),
        ("resubmitting by a form", "POST", "/api/runs/acts/resubmit", Form, Bytes(Repeated("lead=1&"))),
        ("erasing by a long form", "POST", "/api/runs/erase", Form, Bytes(Repeated("email=a%40b&"))),
        ("erasing by a form", "POST", "/api/runs/erase", Form, Bytes(Repeated("email=a%40b&"))[..16_000]),
        ("erasing by parts", "POST", "/api/runs/erase", Multipart, Bytes(Repeated("--b\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\n1\r\n"))[..16_000]),
        ("erasing by JSON", "POST", "/api/runs/erase", Json, Bytes("{" + Repeated("\"p\":1,"))[..16_000]),
        ("resending everything", "POST", $"/api/runs/resend?destination=crm&from=2026-01-01&dryRun=true&{Short("p=1&")}", Json, []),
    ];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Repeated(string text) => string.Concat(Enumerable.Repeat(text, Most / text.Length));

    private static string Short(string text) => string.Concat(Enumerable.Repeat(text, 7_500 / text.Length));

    private static string Header(string text) => string.Concat(Enumerable.Repeat(text, 30_000 / text.Length));

    private static string Names() => string.Join('&', Enumerable.Range(0, 1_200).Select(number => $"p{number}"));

    private static byte[] Gzip(byte[] body, int times)
    {
        for (var time = 0; time < times; time++)
        {
            using var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            {
                stream.Write(body);
            }

            body = packed.ToArray();
        }

        return body;
    }
}

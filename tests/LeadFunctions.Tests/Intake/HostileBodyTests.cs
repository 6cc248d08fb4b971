using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;

namespace LeadFunctions.Tests.Intake;

/// <summary>Bodies made to break a reader. Whatever is accepted must arrive everywhere.</summary>
public sealed class HostileBodyTests
{
    /// <summary>Far beyond what any of them takes, far below what an amount of work that grows with the square of the size would.</summary>
    private static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(5);

    private static readonly string[] Values =
    [
        Nested(62), Nested(30) + "," + Nested(30), "1e400", "-1e400", "1E-400", "-0", "0.1e1", new('9', 400), "-" + new string('9', 5_000), "0." + new string('1', 5_000),
        "true", "null", "[]", "{}", "[null,{},[]]",
        Text(@"\ud800"), Text(@"\udc00\ud800"), Text(@"\ud83d\ude00"), Text(@"\u0000"), Text(@"a\u0000b"), Text(@"\ufffe\uffff"), Text(@"\u0085\u2028\u2029"),
        Text("\u202e\u2066txt.exe\u2069"), Text("\ufeff"), Text("\u200b"), Text("e" + new string('\u0301', 3_000)), Text(@"\u001b[31m"), Text(@"\r\n.\r\nQUIT\r\n"), Text(@"\r\nBcc: x@example.org"),
        Text("=cmd|' /C calc'!A0"), Text("<script>alert(1)</script>"), Text("{{Lead.Id}}{{#each}}{{{"), Text("<%= 7*7 %>${7*7}#{7*7}"), Text("'; DROP TABLE leads; --"), Text("${jndi:ldap://x}"),
        Text(new string('x', 18_000)), Text(string.Concat(Enumerable.Repeat("\U0001F468\u200d\U0001F469", 1_500))), Text(string.Concat(Enumerable.Repeat(@"\u0001", 3_000))), Text(new string('\u05d0', 9_000)),
    ];

    private static readonly string[] Names =
    [
        "OfferTitle", "UserDetails", "LeadSource", "unknown", "leadid", "Lead", "Lead.Id", "__proto__", "constructor", "$ref", "$type", "@odata.type", "ownerid@odata.bind", "a.b/c~d", "#/x", "['x']", "\u202e", "",
    ];

    [Fact]
    public async Task Each_hostile_value_in_each_place_is_refused_and_kept_or_arrives_everywhere()
    {
        await using var all = await EveryDestination.StartAsync();
        var accepted = new HashSet<Guid>();
        var bodies = Values.SelectMany(value => new[]
        {
            $$"""{"UserDetails":{"FirstName":{{value}},"LastName":{{value}},"Email":{{value}},"Phone":{{value}},"Company":{{value}},"Title":{{value}},"Country":{{value}}},"LeadSource":{{value}},"ActionCode":{{value}},"OfferTitle":{{value}},"Description":{{value}}}""",
            $$"""{"OfferTitle":"x","unknown":{{value}},"more":[{{value}},{"a":{{value}}}]}""",
            $$"""{"OfferTitle":{{value}},"offertitle":"x","OFFERTITLE":{{value}},"UserDetails":{"Email":"a@b.example"},"userdetails":{"Email":{{value}} } }""",
            value,
        }).Concat(Names.Select(name => $$"""{"OfferTitle":"x",{{JsonSerializer.Serialize(name)}}:{"a":"b","a":"c","{{new string('n', 50_000)}}":1} }"""));

        foreach (var body in bodies)
        {
            if (await PostAsync(all.App, Encoding.UTF8.GetBytes(body)) is { } lead)
            {
                accepted.Add(lead);
            }
        }

        Assert.InRange(accepted.Count, 60, 150);
        await all.AssertArrivedAsync(accepted);
    }

    [Fact]
    public async Task Bodies_of_bytes_that_are_no_plain_text_are_refused_and_kept_or_arrive_everywhere()
    {
        await using var all = await EveryDestination.StartAsync();
        var accepted = new HashSet<Guid>();
        byte[] lead = [.. "{\"OfferTitle\":\"é😀\",\"Description\":\""u8, 0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xe2, 0x82, .. "\"}"u8];
        var text = """{"OfferTitle":"é😀"}""";
        byte[][] bodies =
        [
            lead, [.. Encoding.UTF8.Preamble, .. lead], [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.Preamble, .. lead],
            [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)], [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)[..^1]],
            [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text), 0xd8, 0x00], [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes(text)],
            Encoding.Unicode.GetBytes(text), Encoding.Latin1.GetBytes("{\"OfferTitle\":\"\u00e9\"}"), [.. lead, 0], [0, .. lead], [0x1f, 0x8b, 8, 0], new byte[200_000],
        ];

        foreach (var body in bodies)
        {
            if (await PostAsync(all.App, body) is { } id)
            {
                accepted.Add(id);
            }
        }

        Assert.InRange(accepted.Count, 3, 10);
        await all.AssertArrivedAsync(accepted);
    }

    [Fact]
    public async Task As_many_tiny_parts_as_fit_are_answered_with_bounded_work_and_arrive_everywhere()
    {
        const int Size = 262_144;
        await using var all = await EveryDestination.StartAsync();
        var accepted = new HashSet<Guid>();
        string[] bodies =
        [
            Filled("{", number => $"\"{number:x}\":1,", "\"z\":1}"),
            Filled("{", _ => "\"\":1,", "\"z\":1}"),
            Filled("{", number => $"\"{number:x}\":\"\",", "\"z\":1}"),
            Filled("{", _ => "\"a\":{},", "\"z\":1}"),
            Filled("{\"OfferTitle\":\"x\",", _ => "\"ActionCode\":\"\",", "\"z\":1}"),
            Filled("{", _ => "\"ActionCode\":\"a\",", "\"z\":1}"),
            Filled("{", _ => "\"ActionCode\":1,", "\"z\":1}"),
            Filled("{\"UserDetails\":{", number => $"\"{number:x}\":5,", "\"Email\":5}}"),
            Filled("{", _ => "\"UserDetails\":{\"Email\":\"a\"},", "\"z\":1}"),
            Filled("{", _ => "\"UserDetails\":[],", "\"z\":1}"),
            Filled("{\"a\":[", _ => "[],", "[]]}"),
            Filled("{\"a\":[", _ => "1e9,", "1],\"ActionCode\":2}"),
            Filled("{\"a\":[", _ => "123456789012345678901,", "1],\"ActionCode\":2}"),
            Filled("{\"OfferTitle\":\"", _ => "\\ud800", "\"}"),
            Filled("{\"OfferTitle\":\"", _ => "{{a}}", "\"}"),
            Filled("{\"Description\":\"", _ => "<b>&", "\"}"),
            Filled("{\"Description\":\"", _ => "\\n", "\"}"),
            Filled("{\"LeadSource\":\"", _ => "-|", "\"}"),
            Filled("{\"UserDetails\":{\"Email\":\"", _ => "a@", "\"}}"),
        ];

        foreach (var body in bodies)
        {
            var took = Stopwatch.StartNew();
            if (await PostAsync(all.App, Encoding.UTF8.GetBytes(body)) is { } lead)
            {
                accepted.Add(lead);
            }

            Assert.True(took.Elapsed < Ceiling, $"{took.Elapsed} for {body[..40]}…");
        }

        var delivering = Stopwatch.StartNew();
        await all.AssertArrivedAsync(accepted);
        Assert.True(delivering.Elapsed < Ceiling * bodies.Length, $"{delivering.Elapsed} until all had arrived");

        static string Filled(string begin, Func<int, string> part, string end)
        {
            var body = new StringBuilder(begin);
            for (var number = 0; body.Length + end.Length + 30 < Size; number++)
            {
                body.Append(part(number));
            }

            return body.Append(end).ToString();
        }
    }

    /// <summary>The lead's id when it was accepted; a refusal names its faults, keeps the body and is of reasonable size.</summary>
    private static async Task<Guid?> PostAsync(LeadApp app, byte[] body)
    {
        using var response = await app.PostAsync(new ByteArrayContent(body));
        if (response.StatusCode == HttpStatusCode.Accepted)
        {
            var lead = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("leadId").GetGuid();
            Assert.NotNull(await app.Store.FindRunAsync(new LeadId(lead)));
            return lead;
        }

        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.NotEmpty(answer.Errors);
        Assert.InRange(answer.Errors.Sum(error => error.Path.Length + error.Message.Length), 1, 400_000);
        Assert.Equal(body, (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Body.ToArray());
        return null;
    }

    private static string Nested(int levels) => new string('[', levels) + "1" + new string(']', levels);

    private static string Text(string inner) => $"\"{inner.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

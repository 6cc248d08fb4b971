using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Intake;

/// <summary>What a body's headers and its first bytes tell about how to read it. Appointments come the same way as leads.</summary>
public sealed class EncodedBodyTests
{
    private const string Body = """{"UserDetails":{"FirstName":"Jürgen","LastName":"Größe","Email":"jg@example.com","Company":"Café Böhm"},"OfferTitle":"Prüfung"}""";
    private const int MostBytes = 4_096;

    public static TheoryData<string, string?> Charsets => new()
    {
        { "iso-8859-1", "application/json; charset=iso-8859-1" },
        { "iso-8859-1", "application/json;charset=\"ISO-8859-1\"" },
        { "iso-8859-1", "text/plain; charset=latin1" },
        { "iso-8859-1", "application/json" },
        { "iso-8859-1", "application/json; charset=utf-8" },
        { "iso-8859-1", null },
        { "windows-1252", "application/json; charset=windows-1252" },
        { "iso-8859-15", "application/json; charset=iso-8859-15" },
        { "ibm850", "application/json; charset=ibm850" },
        { "utf-16", "application/json; charset=utf-16" },
        { "utf-16", null },
        { "utf-16BE", "application/json; charset=utf-16be" },
        { "utf-16BE", "application/json" },
        { "utf-32", "application/json; charset=utf-32" },
        { "utf-8", "application/json; charset=utf-8" },
        { "utf-8", "application/json; charset=utf8" },
        { "utf-8", "application/json; charset=utf-16" },
        { "utf-8", "application/json; charset=nonsense" },
        { "utf-8", "application/x-www-form-urlencoded" },
        { "utf-8", "multipart/form-data; boundary=x" },
    };

    public static TheoryData<string, string> Codings => new()
    {
        { "gzip", "gzip" }, { "gzip", "X-GZIP" }, { "zlib", "deflate" }, { "deflate", "deflate" }, { "br", "br" }, { "gzip,br", "gzip, br" }, { "br,zlib", "br,deflate" },
        { "", "identity" }, { "", "gzip" }, { "", "br" }, { "", "utf-8" }, { "", "aws-chunked" }, { "gzip", "identity, gzip" },
    };

    [Theory]
    [MemberData(nameof(Charsets))]
    public async Task Letters_are_read_in_the_charset_that_is_declared_or_that_the_bytes_show(string charset, string? contentType)
    {
        await using var app = await LeadApp.StartAsync();

        var lead = await AcceptAsync(app, EncodingOf(charset).GetBytes(Body), contentType);

        Assert.Equal(Body, Text(JsonElement.Parse(lead.Content.Utf8)));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public async Task A_byte_order_mark_counts_more_than_what_is_declared(string charset)
    {
        await using var app = await LeadApp.StartAsync();
        var encoding = Encoding.GetEncoding(charset);

        var lead = await AcceptAsync(app, [.. encoding.GetPreamble(), .. encoding.GetBytes(Body)], "application/json; charset=iso-8859-1");

        Assert.Equal(Body, Text(JsonElement.Parse(lead.Content.Utf8)));
    }

    [Fact]
    public async Task A_flaw_in_utf_8_costs_no_other_letter()
    {
        await using var app = await LeadApp.StartAsync();

        var lead = await AcceptAsync(app, [.. "{\"Description\":\"Größe Ä é "u8, 0xE9, .. "\"}"u8], null);

        Assert.Equal("Größe Ä é é", lead.Content.Text("Description"));
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task What_is_compressed_is_decoded(string how, string declared)
    {
        await using var app = await LeadApp.StartAsync();

        Assert.Equal(Body, Text(JsonElement.Parse((await AcceptAsync(app, Compressed(how, Body), "application/json", declared)).Content.Utf8)));
        using var booked = await PostAsync(app, Compressed(how, """{"Id":"1","CustomerName":"Jürgen Größe"}"""), "application/json", declared, "/api/appointments/created");

        Assert.Equal(HttpStatusCode.Accepted, booked.StatusCode);
    }

    [Fact]
    public async Task A_charset_counts_in_what_was_compressed()
    {
        await using var app = await LeadApp.StartAsync();

        var lead = await AcceptAsync(app, Compressed("gzip", Encoding.Latin1.GetBytes(Body)), "application/json; charset=iso-8859-1", "gzip");

        Assert.Equal("Größe", lead.Content.Text("UserDetails", "LastName"));
    }

    [Theory]
    [InlineData("zstd", HttpStatusCode.UnsupportedMediaType, "zstd")]
    [InlineData("compress", HttpStatusCode.UnsupportedMediaType, "compress")]
    [InlineData("gzip, gzip, gzip, gzip", HttpStatusCode.UnsupportedMediaType, "gzip, gzip")]
    [InlineData("gzip", HttpStatusCode.BadRequest, "compressed")]
    [InlineData("br", HttpStatusCode.BadRequest, "compressed")]
    [InlineData("deflate", HttpStatusCode.BadRequest, "compressed")]
    public async Task What_can_t_be_decoded_says_so_and_is_kept_as_it_came(string declared, HttpStatusCode status, string words)
    {
        await using var app = await LeadApp.StartAsync();
        var body = Encoding.UTF8.GetBytes("\u0003no such data: jg@example.com");

        using var response = await PostAsync(app, body, "application/json", declared);

        var answer = await ProblemAnswer.ReadAsync(response, status);
        Assert.Contains(words, Assert.Single(answer.Errors).Message, StringComparison.Ordinal);
        Assert.Equal(body, (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Body.ToArray());
        Assert.Equal(status == HttpStatusCode.UnsupportedMediaType ? "gzip,deflate,br" : "", string.Concat(response.Headers.TryGetValues("Accept-Encoding", out var known) ? known : []).Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zlib")]
    [InlineData("br")]
    public async Task A_part_of_compressed_data_is_no_lead(string how)
    {
        await using var app = await LeadApp.StartAsync();
        var whole = Compressed(how, Body);

        using var response = await PostAsync(app, whole[..(whole.Length / 2)], "application/json", how == "zlib" ? "deflate" : how);

        await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("zlib", "deflate")]
    [InlineData("br", "br")]
    [InlineData("gzip,gzip", "gzip, gzip")]
    public async Task The_limit_counts_what_is_decoded(string how, string declared)
    {
        await using var app = await LeadApp.StartAsync([("Intake:MaxBodyBytes", $"{MostBytes}")]);
        var bomb = Compressed(how, $$"""{"Description":"{{new string('x', 20_000_000)}}"}""");

        using var response = await PostAsync(app, how == "gzip,gzip" ? bomb : bomb[..Math.Min(bomb.Length, MostBytes)], "application/json", declared);

        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.RequestEntityTooLarge);
        Assert.StartsWith("{\"Description\":\"xx", (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_beginning_is_kept_when_an_inner_coding_is_none()
    {
        await using var app = await LeadApp.StartAsync([("Intake:MaxBodyBytes", $"{MostBytes}")]);

        using var response = await PostAsync(app, Compressed("gzip", $$"""{"Description":"{{new string('x', 20_000)}}"}"""), "application/json", "utf-8, gzip");

        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.RequestEntityTooLarge);
        Assert.StartsWith("{\"Description\":\"xx", (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    public async Task A_refused_body_is_kept_decoded_found_by_erase_and_can_be_replayed(string how, string declared)
    {
        await using var app = await LeadApp.StartAsync();
        using var response = await PostAsync(app, Compressed(how, """{"ActionCode":5,"UserDetails":{"Email":"jg@example.com"}}"""), "application/json", declared);
        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);

        Assert.Contains("jg@example.com", (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await app.Store.EraseAsync("jg@example.com", countOnly: false, "test", DateTimeOffset.UtcNow)).Refused);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zlib")]
    public async Task What_is_compressed_and_says_so_nowhere_is_told_and_found_by_erase(string how)
    {
        await using var app = await LeadApp.StartAsync();

        using var response = await PostAsync(app, Compressed(how, Body), "application/json", null);

        Assert.Contains("compressed", Assert.Single((await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest)).Errors).Message, StringComparison.Ordinal);
        Assert.Equal(1, (await app.Store.EraseAsync("jg@example.com", countOnly: false, "test", DateTimeOffset.UtcNow)).Refused);
    }

    [Fact]
    public async Task Only_the_header_told_how_to_read_it_so_it_is_kept_in_utf_8()
    {
        await using var app = await LeadApp.StartAsync();

        using var response = await PostAsync(app, EncodingOf("ibm037").GetBytes("""{"ActionCode":5,"UserDetails":{"Email":"jg@example.com"}}"""), "application/json; charset=ibm037", null);

        var answer = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("""{"ActionCode":5,"UserDetails":{"Email":"jg@example.com"}}""", (await app.Store.FindRefusedAsync(answer.RefusedId!.Value))!.Text);
    }

    [Theory]
    [InlineData("<?xml version=\"1.0\"?><lead/>", "XML")]
    [InlineData("  <lead><Email>a@b.example</Email></lead>", "XML")]
    [InlineData("<!DOCTYPE html><html></html>", "HTML")]
    [InlineData("ActionCode=INS&Description=x", "form")]
    [InlineData("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--", "form")]
    [InlineData("eyJBY3Rpb25Db2RlIjoiSU5TIn0=", "Base64")]
    [InlineData("\"{\\\"ActionCode\\\":\\\"INS\\\"}\"", "twice")]
    [InlineData("[{\"ActionCode\":\"INS\"}]", "by itself")]
    [InlineData("{\"ActionCode\":\"INS\",}", "comma")]
    [InlineData("{'ActionCode':'INS'}", "double quotes")]
    [InlineData("{\"ActionCode\":\"INS\" // why\n}", "comment")]
    [InlineData("{\"ActionCode\":\"INS\"", "too early")]
    [InlineData("{\"ActionCode\":\"IN", "too early")]
    [InlineData("{\"ActionCode\":\"I\nNS\"}", "line break")]
    [InlineData("{\"ActionCode\":\"INS\"}{\"ActionCode\":\"INS\"}", "by itself")]
    [InlineData("hello", "does not begin with {")]
    [InlineData("HKD 500", "does not begin with {")]
    [InlineData("%PDF-1.7", "binary")]
    public async Task What_is_no_json_is_called_what_it_is(string body, string words)
    {
        await using var app = await LeadApp.StartAsync();

        Assert.Contains(words, Assert.Single((await ProblemAnswer.RefuseAsync(app, body)).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_read_as_utf_16_says_so()
    {
        await using var app = await LeadApp.StartAsync();

        var answer = await ProblemAnswer.RefuseAsync(app, Encoding.Unicode.GetBytes("{\"ActionCode\":\"INS\",}"));

        Assert.Contains("UTF-16", Assert.Single(answer.Errors).Message, StringComparison.Ordinal);
    }

    private static Encoding EncodingOf(string charset) => CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);

    private static byte[] Compressed(string how, string text) => Compressed(how, Encoding.UTF8.GetBytes(text));

    private static byte[] Compressed(string how, byte[] bytes)
    {
        foreach (var one in how.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            using var compressed = new MemoryStream();
            using (Stream coder = one switch
            {
                "gzip" => new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true),
                "zlib" => new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true),
                "br" => new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true),
                _ => new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true),
            })
            {
                coder.Write(bytes);
            }

            bytes = compressed.ToArray();
        }

        return bytes;
    }

    /// <summary>As the body was written: the store's form has an order of its own.</summary>
    private static string Text(JsonElement lead)
    {
        var details = lead.GetProperty("UserDetails");
        string Detail(string name) => details.GetProperty(name).GetString()!;
        return $$"""{"UserDetails":{"FirstName":"{{Detail("FirstName")}}","LastName":"{{Detail("LastName")}}","Email":"{{Detail("Email")}}","Company":"{{Detail("Company")}}"},"OfferTitle":"{{lead.GetProperty("OfferTitle").GetString()}}"}""";
    }

    private static async Task<Lead> AcceptAsync(LeadApp app, byte[] body, string? contentType, string? coding = null)
    {
        using var response = await PostAsync(app, body, contentType, coding);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, text);
        return (await app.Store.FindRunAsync(new LeadId(JsonElement.Parse(text).GetProperty("leadId").GetGuid())))!.Lead;
    }

    private static async Task<HttpResponseMessage> PostAsync(LeadApp app, byte[] body, string? contentType, string? coding, string path = "/api/leads")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (coding is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        }

        return await app.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
    }
}

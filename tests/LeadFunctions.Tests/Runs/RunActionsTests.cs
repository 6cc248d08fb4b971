using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Intake;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Runs;

public sealed class RunActionsTests
{
    private const string Key = "a-key-for-the-history";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_letter_is_discarded_with_a_reason_by_name()
    {
        await using var app = await LeadApp.StartAsync([("Runs:Keys:anna", Key)]);
        app.Client.DefaultRequestHeaders.Add("x-functions-key", Key);
        var lead = await DeadLetterAsync(app);

        Assert.Equal(
            """{"discarded":1}""",
            await PostAsync(app, $"/api/runs/{lead.Id}/discard", new { reason = " entered by hand " }, HttpStatusCode.OK));

        var run = await app.RunAsync(lead.Id.Value);
        Assert.Equal("delivered", run.GetProperty("status").GetString());
        var act = Assert.Single(run.GetProperty("acts").EnumerateArray());
        Assert.Equal(
            ("anna", "discarded", "entered by hand"),
            (act.GetProperty("by").GetString(), act.GetProperty("kind").GetString(), act.GetProperty("note").GetString()));
        Assert.InRange(act.GetProperty("at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"reason":" "}""")]
    [InlineData("""{"reason":7}""")]
    [InlineData("[]")]
    [InlineData("no json")]
    [InlineData("")]
    public async Task A_discard_without_a_reason_is_refused(string body)
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await DeadLetterAsync(app);

        using var response = await app.PostAsync(body, path: $"/api/runs/{lead.Id}/discard");

        var problem = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("/reason", Assert.Single(problem.Errors).Path);
        Assert.Equal(DeliveryStatus.DeadLetter, (await app.Store.DeliveryAsync(lead.Id, "erp")).State.Status);
    }

    [Theory]
    [InlineData("/api/runs/0193f0a0-0000-7000-8000-000000000000/discard", true)]
    [InlineData("/api/runs/0193f0a0-0000-7000-8000-000000000000/discard", false)]
    [InlineData("/api/runs/erase", true)]
    public async Task The_body_of_an_act_is_bounded_announced_or_not(string path, bool chunked)
    {
        await using var app = await LeadApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent($$"""{"reason":"r","email":"a@b.c","x":"{{new string('x', 17_000)}}"}"""),
        };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await app.Client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("at most 16384 bytes", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/form-data", "reason=x")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=reason\r\n\r\nx")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "reason=x")]
    [InlineData("application/json", "{\"reason\":\"\\ud800\"}")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nno header\r\n\r\nx\r\n--b--")]
    public async Task A_form_that_can_t_be_read_is_the_callers_fault(string type, string body)
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await DeadLetterAsync(app);
        using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        using var response = await app.Client.PostAsync($"/api/runs/{lead.Id}/discard", content, Token);

        Assert.Equal("/reason", Assert.Single((await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest)).Errors).Path);
    }

    [Fact]
    public async Task A_reason_has_at_most_a_thousand_characters()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await DeadLetterAsync(app);

        using var response = await app.PostAsync(
            JsonSerializer.Serialize(new { reason = new string('é', 1001) }),
            path: $"/api/runs/{lead.Id}/discard");

        var fault = Assert.Single((await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest)).Errors);
        Assert.Equal(new Violation("/reason", "has 1001 characters; at most 1000 are taken"), fault);
        Assert.Equal(
            """{"discarded":1}""",
            await PostAsync(app, $"/api/runs/{lead.Id}/discard", new { reason = new string('é', 1000) }, HttpStatusCode.OK));
    }

    [Fact]
    public async Task A_byte_order_mark_before_an_act_is_passed_over()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await DeadLetterAsync(app);

        using var response = await app.PostAsync("\ufeff{\"reason\":\"from an editor\"}", path: $"/api/runs/{lead.Id}/discard");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_form_can_discard_too()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await DeadLetterAsync(app);
        var other = await DeadLetterAsync(app);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("reason", "by hand & foot")]);
        using var multipart = new MultipartFormDataContent { { new StringContent("by mail"), "reason" } };

        using var response = await app.Client.PostAsync($"/api/runs/{lead.Id}/discard?destination=erp", form, Token);
        using var otherResponse = await app.Client.PostAsync($"/api/runs/{other.Id}/discard", multipart, Token);

        Assert.Equal("""{"discarded":1}""", await response.Content.ReadAsStringAsync(Token));
        Assert.Equal("""{"discarded":1}""", await otherResponse.Content.ReadAsStringAsync(Token));
        Assert.Equal(
            ("by hand & foot", "by mail"),
            ((await app.Store.FindRunAsync(lead.Id))!.Audit[0].Note, (await app.Store.FindRunAsync(other.Id))!.Audit[0].Note));
    }

    [Fact]
    public async Task What_does_not_exist_can_t_be_discarded()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await DeadLetterAsync(app);

        await PostAsync(app, $"/api/runs/{LeadId.New(Posted.At)}/discard", new { reason = "no" }, HttpStatusCode.NotFound);
        await PostAsync(app, $"/api/runs/{lead.Id}/discard?destination=nowhere", new { reason = "no" }, HttpStatusCode.NotFound);
        Assert.Equal(
            """{"discarded":0}""",
            await PostAsync(app, $"/api/runs/{lead.Id}/discard?destination=crm", new { reason = "no" }, HttpStatusCode.OK));
    }

    [Fact]
    public async Task A_dry_run_counts_what_a_resubmit_would_put_back_and_does_nothing()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await DeadLetterAsync(app);
        await DeadLetterAsync(app, "nobody");

        Assert.Equal("""{"leads":2,"deliveries":2}""", await PostAsync(app, "/api/runs/resubmit?dryRun=true", null, HttpStatusCode.OK));
        Assert.Equal(
            """{"leads":1,"deliveries":1}""",
            await PostAsync(app, "/api/runs/resubmit?dryRun=true&destination=erp", null, HttpStatusCode.OK));
        Assert.Equal(DeliveryStatus.DeadLetter, (await app.Store.DeliveryAsync(lead.Id, "erp")).State.Status);
    }

    [Fact]
    public async Task A_persons_data_is_counted_and_erased()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = (await app.AcceptAsync(Samples.Documented)).LeadId;
        await app.WaitForStatusAsync(lead, "delivered");

        Assert.Equal(
            """{"leads":1,"refused":0}""",
            await PostAsync(app, "/api/runs/erase?dryRun=true", new { email = "someone@contoso.com" }, HttpStatusCode.OK));
        Assert.Contains("someone@contoso.com", (await app.RunAsync(lead)).ToString(), StringComparison.Ordinal);
        Assert.Equal(
            """{"leads":1,"refused":0}""",
            await PostAsync(app, "/api/runs/erase", new { email = "someone@contoso.com" }, HttpStatusCode.OK));

        var run = (await app.RunAsync(lead)).ToString();
        Assert.DoesNotContain("contoso", run, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\"kind\":\"erased\"", run, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("a@")]
    [InlineData("@b")]
    [InlineData("someone")]
    [InlineData("a b@c.d")]
    public async Task What_is_no_address_erases_nothing(string email)
    {
        await using var app = await LeadApp.StartAsync();

        using var response = await app.PostAsync(JsonSerializer.Serialize(new { email }), path: "/api/runs/erase");

        var problem = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal("/email", Assert.Single(problem.Errors).Path);
    }

    [Theory]
    [InlineData("/api/runs/erase?dryRun=1", "dryRun")]
    [InlineData("/api/runs/erase?dry-run=true", "dry-run")]
    [InlineData("/api/runs/resubmit?dryRun=yes", "dryRun")]
    [InlineData("/api/runs/0193f0a0-0000-7000-8000-000000000000/discard?dest=crm", "dest")]
    [InlineData("/api/runs/0193f0a0-0000-7000-8000-000000000000/resubmit?delivered=1&destination=crm", "delivered")]
    public async Task A_misspelt_parameter_does_nothing(string path, string parameter)
    {
        await using var app = await LeadApp.StartAsync();
        var lead = (await app.AcceptAsync(Samples.Documented)).LeadId;

        using var response = await app.PostAsync("""{"email":"someone@contoso.com","reason":"no"}""", path: path);

        var problem = await ProblemAnswer.ReadAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(parameter, Assert.Single(problem.Errors).Path);
        Assert.Contains("someone@contoso.com", (await app.RunAsync(lead)).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/runs/erase")]
    [InlineData("/api/runs/resubmit")]
    [InlineData("/api/runs/0193f0a0-0000-7000-8000-000000000000/discard")]
    [InlineData("/api/runs/refused/0193f0a0-0000-7000-8000-000000000000/replay")]
    public async Task Acts_need_a_key_and_are_not_taken_from_other_sites(string path)
    {
        await using var closed = await LeadApp.StartAsync([("Runs:Keys:0", Key)]);
        await using var open = await LeadApp.StartAsync();
        open.Client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");

        await PostAsync(closed, path, new { email = "a@b.c", reason = "r" }, HttpStatusCode.Unauthorized);
        await PostAsync(open, path, new { email = "a@b.c", reason = "r" }, HttpStatusCode.Forbidden);
        open.Client.DefaultRequestHeaders.Remove("Sec-Fetch-Site");
        open.Client.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        Assert.Contains(
            "other sites' pages",
            await PostAsync(open, path, new { email = "a@b.c", reason = "r" }, HttpStatusCode.Forbidden),
            StringComparison.Ordinal);
    }

    private static async Task<Lead> DeadLetterAsync(LeadApp app, string destination = "erp")
    {
        var lead = await app.KeepAsync($$"""{"OfferTitle":"{{Guid.NewGuid()}}"}""", DateTimeOffset.UtcNow, destination);
        var now = DateTimeOffset.UtcNow;
        await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(now, destination), now);
        return lead;
    }

    private static async Task<string> PostAsync(LeadApp app, string path, object? body, HttpStatusCode expected)
    {
        using var response = await app.Client.PostAsJsonAsync(path, body, Token);
        var text = await response.Content.ReadAsStringAsync(Token);
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return text;
    }
}

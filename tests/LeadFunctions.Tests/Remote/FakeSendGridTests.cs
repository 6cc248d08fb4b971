using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace LeadFunctions.Tests.Remote;

public sealed class FakeSendGridTests : IAsyncLifetime
{
    private const string Key = "SG.right";
    private const string KeyWithoutMailSend = "SG.reader";

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private FakeSendGrid _sendGrid = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sendGrid = await FakeSendGrid.StartAsync(Key, KeyWithoutMailSend);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _sendGrid.DisposeAsync();
    }

    [Fact]
    public async Task A_right_mail_is_queued_and_the_answer_names_it()
    {
        using var answer = await PostAsync(MailCases.Mail(
            """
            {"personalizations":[{"to":[{"email":"a@example.com"},{"email":"b@example.com"}],"cc":[{"email":"c@example.com"}],"bcc":[{"email":"d@example.com"}],"custom_args":{"lead":"1"}}],
            "from":{"email":"shop@example.com","name":"Shop"},"reply_to":{"email":"lead@example.com","name":"Lead"},"custom_args":{"lead":"0","run":"2"},
            "content":[{"type":"text/plain","value":"Text"},{"type":"text/html","value":"<p>Html</p>"}]}
            """));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("", await answer.Content.ReadAsStringAsync(Token));
        var mail = Assert.Single(_sendGrid.Mails);
        Assert.Equal(mail.MessageId, Assert.Single(answer.Headers.GetValues("X-Message-Id")));
        Assert.Equal(("Subject", "Text", "<p>Html</p>", "shop@example.com", "Shop"), (mail.Subject, mail.Text, mail.Html, mail.From, mail.FromName));
        Assert.Equal(("lead@example.com", "Lead"), (mail.ReplyTo, mail.ReplyToName));
        Assert.Equal(["a@example.com", "b@example.com"], mail.To);
        Assert.Equal(["c@example.com"], mail.Cc);
        Assert.Equal(["d@example.com"], mail.Bcc);
        Assert.Equal(new Dictionary<string, string> { ["lead"] = "1", ["run"] = "2" }, mail.CustomArgs);
    }

    [Theory]
    [MemberData(nameof(MailCases.Right), MemberType = typeof(MailCases))]
    public async Task What_the_contract_allows_passes(string change) => Assert.Empty(await ErrorsAsync(MailCases.Mail(change)));

    [Theory]
    [InlineData("MailSendDynamicTemplate")]
    [InlineData("MailSendNoTemplate")]
    public async Task The_documents_own_examples_pass(string name) =>
        Assert.Empty(await ErrorsAsync(new MailContract().Examples[name]!["value"]!.DeepClone().AsObject()));

    [Theory]
    [MemberData(nameof(MailCases.BrokenSchema), MemberType = typeof(MailCases))]
    public async Task What_breaks_the_schema_is_refused(string name, string change, string error) => await AssertRefusedAsync(name, change, error);

    [Theory]
    [MemberData(nameof(MailCases.BrokenRules), MemberType = typeof(MailCases))]
    public async Task What_breaks_a_rule_is_refused(string name, string change, string error) => await AssertRefusedAsync(name, change, error);

    [Theory]
    [InlineData("from", "from.email: The from object must be provided for every email send.")]
    [InlineData("personalizations", "personalizations: personalizations is required")]
    [InlineData("subject", "subject: The subject is required.")]
    [InlineData("content", "content: The content param is required")]
    public async Task What_is_required_is_missed(string property, string error)
    {
        var mail = MailCases.Mail();
        mail.Remove(property);

        Assert.StartsWith(error, Assert.Single(await ErrorsAsync(mail)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_are_listed()
    {
        var errors = await ErrorsAsync(MailCases.Mail("""{"subject":"a\nb","from":{"email":"shop@example.com","name":"Ü"},"personalizations":[{"to":[]}]}"""));

        Assert.Equal(["personalizations.0.to", "from.name", "subject"], errors.Select(error => error.Split(':')[0]));
    }

    [Fact]
    public async Task A_template_may_bring_subject_and_content()
    {
        var mail = MailCases.Mail("""{"template_id":"d-1"}""");
        mail.Remove("subject");
        mail.Remove("content");

        Assert.Empty(await ErrorsAsync(mail));
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public async Task The_recipients_are_counted_over_all_lists(int count, bool passes)
    {
        JsonArray Recipients(int from, int to) => new([.. Enumerable.Range(from, to - from).Select(n => new JsonObject { ["email"] = $"a{n}@example.com" })]);
        var mail = MailCases.Mail();
        mail["personalizations"] = new JsonArray(new JsonObject { ["to"] = Recipients(0, 10), ["cc"] = Recipients(10, 500), ["bcc"] = Recipients(500, count) });

        var errors = await ErrorsAsync(mail);

        Assert.Equal(passes ? [] : ["personalizations: There is a limit of 1000 total recipients (to + cc + bcc) per request."], errors);
    }

    [Theory]
    [InlineData(9_999, true)]
    [InlineData(10_000, false)]
    public async Task The_custom_args_are_counted_in_bytes(int bytes, bool passes)
    {
        var mail = MailCases.Mail();
        mail["custom_args"] = new JsonObject { ["a"] = new string('x', bytes - """{"a":""}""".Length) };

        Assert.Equal(passes, (await ErrorsAsync(mail)).Count == 0);
    }

    [Theory]
    [InlineData(FakeSendGrid.MostBytes, HttpStatusCode.Accepted)]
    [InlineData(FakeSendGrid.MostBytes + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task The_whole_request_has_a_greatest_size(int bytes, HttpStatusCode status)
    {
        var mail = MailCases.Mail().ToJsonString();
        using var answer = await SendAsync(Key, new StringContent(mail + new string(' ', bytes - mail.Length), Encoding.UTF8, "application/json"));

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Sandbox_mode_answers_200_and_keeps_nothing()
    {
        using var answer = await PostAsync(MailCases.Mail("""{"mail_settings":{"sandbox_mode":{"enable":true}}}"""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(_sendGrid.Mails);
        Assert.NotEmpty(await ErrorsAsync(MailCases.Mail("""{"mail_settings":{"sandbox_mode":{"enable":true}},"subject":""}""")));
    }

    [Theory]
    [InlineData(null, 401, "The provided authorization grant is invalid, expired, or revoked")]
    [InlineData("SG.wrong", 401, "The provided authorization grant is invalid, expired, or revoked")]
    [InlineData(KeyWithoutMailSend, 403, "access forbidden")]
    public async Task Only_a_key_that_may_send_sends(string? key, int status, string message)
    {
        using var answer = await SendAsync(key, new StringContent(MailCases.Mail().ToJsonString(), Encoding.UTF8, "application/json"));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal($$"""{"errors":[{"message":"{{message}}","field":null,"help":null}]}""", await answer.Content.ReadAsStringAsync(Token));
        Assert.Empty(_sendGrid.Mails);
    }

    [Theory]
    [InlineData("{", "application/json", 400)]
    [InlineData("[]", "application/json", 400)]
    [InlineData("""{"subject":"a","subject":"b"}""", "application/json", 400)]
    [InlineData("""{"subject":"\ud800"}""", "application/json", 400)]
    [InlineData("{}", "text/plain", 415)]
    public async Task What_is_no_JSON_object_is_refused(string body, string contentType, int status)
    {
        using var answer = await SendAsync(Key, new StringContent(body, Encoding.UTF8, contentType));

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/v3/mail/send", 405)]
    [InlineData("POST", "/v3/mail", 404)]
    public async Task Another_method_or_address_is_refused(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_sendGrid.Url, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var answer = await _client.SendAsync(request, Token);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(Key, """{"scopes":["mail.send","user.scopes.read"]}""")]
    [InlineData(KeyWithoutMailSend, """{"scopes":["user.scopes.read"]}""")]
    public async Task The_scopes_of_a_key_can_be_read(string key, string expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_sendGrid.Url, "/v3/scopes"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await _client.SendAsync(request, Token);

        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task A_rate_limit_tells_when_it_ends_and_not_how_long_it_lasts()
    {
        _sendGrid.FailNext(FakeSendGrid.RateLimited(DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000)));

        using var answer = await PostAsync(MailCases.Mail());

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal("1800000000", Assert.Single(answer.Headers.GetValues("X-RateLimit-Reset")));
        Assert.Null(answer.Headers.RetryAfter);
        Assert.Equal("""{"errors":[{"field":null,"message":"too many requests"}]}""", await answer.Content.ReadAsStringAsync(Token));
        Assert.Empty(_sendGrid.Mails);
    }

    private async Task AssertRefusedAsync(string name, string change, string error)
    {
        var given = Assert.Single(await ErrorsAsync(MailCases.Mail(change)));
        Assert.True(given.StartsWith(error, StringComparison.Ordinal), $"{name}: {given}");
        Assert.Empty(_sendGrid.Mails);
    }

    private async Task<IReadOnlyList<string>> ErrorsAsync(JsonObject mail)
    {
        using var answer = await PostAsync(mail);
        if (answer.IsSuccessStatusCode)
        {
            return [];
        }

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!;
        return [.. body["errors"]!.AsArray().Select(error => $"{error!["field"]}: {error["message"]}")];
    }

    private Task<HttpResponseMessage> PostAsync(JsonObject mail) => SendAsync(Key, new StringContent(mail.ToJsonString(), Encoding.UTF8, "application/json"));

    private async Task<HttpResponseMessage> SendAsync(string? key, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_sendGrid.Url, "/v3/mail/send")) { Content = content };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await _client.SendAsync(request, Token);
    }
}

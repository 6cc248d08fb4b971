using System.Net;
using System.Net.Http.Headers;

namespace LeadFunctions.Tests.Remote;

public sealed class FakeDataverseTests : IAsyncLifetime
{
    private FakeDataverse _dataverse = null!;
    private DataverseCalls _calls = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _dataverse = await FakeDataverse.StartAsync();
        _calls = new DataverseCalls(_dataverse);
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Dispose();
        await _dataverse.DisposeAsync();
    }

    [Fact]
    public async Task WhoAmI_names_the_user()
    {
        var (status, body) = await _calls.SendAsync(_calls.Request(HttpMethod.Get, "WhoAmI"));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(_dataverse.UserId, body!["UserId"]!.GetValue<Guid>());
    }

    [Fact]
    public async Task A_right_lead_becomes_a_row_and_the_answer_names_it()
    {
        var id = Guid.NewGuid();
        using var answer = await _calls.Http.SendAsync(_calls.Request(HttpMethod.Post, "leads", $$"""{"leadid":"{{id}}","subject":"Offer","lastname":"Müller","leadsourcecode":8,"donotemail":true}"""), Token);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal($"{_dataverse.Url}api/data/v9.2/leads({id})", Assert.Single(answer.Headers.GetValues("OData-EntityId")));
        Assert.Equal("4.0", Assert.Single(answer.Headers.GetValues("OData-Version")));
        Assert.Equal("Müller", _dataverse.Rows[id]["lastname"]!.GetValue<string>());
        Assert.Empty(_dataverse.MissingRequired);
    }

    [Fact]
    public async Task Without_a_key_the_row_gets_one()
    {
        Assert.Equal(HttpStatusCode.NoContent, (await _calls.CreateAsync("""{"subject":"Offer","lastname":"Doe"}""")).Status);

        var row = Assert.Single(_dataverse.Rows);
        Assert.Equal(row.Key, row.Value["leadid"]!.GetValue<Guid>());
    }

    [Theory]
    [InlineData("Accept", "text/html", 406)]
    [InlineData("Accept", null, 406)]
    [InlineData("OData-Version", "3.0", 400)]
    [InlineData("OData-Version", null, 400)]
    [InlineData("OData-MaxVersion", "5.0", 400)]
    [InlineData("OData-MaxVersion", null, 400)]
    [InlineData("Content-Type", "text/plain", 415)]
    [InlineData("Content-Type", "application/json; charset=latin1", 415)]
    [InlineData("Content-Type", null, 415)]
    public async Task A_missing_or_wrong_header_is_refused(string name, string? value, int status)
    {
        using var request = _calls.Request(HttpMethod.Post, "leads", """{"subject":"Offer","lastname":"Doe"}""");
        HttpHeaders headers = name == "Content-Type" ? request.Content!.Headers : request.Headers;
        headers.Remove(name);
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }

        var (given, body) = await _calls.SendAsync(request);

        Assert.Equal(status, (int)given);
        Assert.Contains(name, body!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(_dataverse.Rows);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=UTF-8")]
    public async Task The_charset_may_be_left_out(string contentType)
    {
        using var request = _calls.Request(HttpMethod.Post, "leads", """{"subject":"Offer","lastname":"Doe"}""");
        request.Content!.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        Assert.Equal(HttpStatusCode.NoContent, (await _calls.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Another_token_is_refused_and_a_known_one_passes()
    {
        await using var dataverse = await FakeDataverse.StartAsync(requireToken: true);
        using var calls = new DataverseCalls(dataverse);
        dataverse.AcceptToken("good");

        Assert.Equal(HttpStatusCode.Unauthorized, await calls.WhoAmIAsync(token: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await calls.WhoAmIAsync("other"));
        Assert.Equal(HttpStatusCode.OK, await calls.WhoAmIAsync("good"));
    }

    [Fact]
    public async Task A_refused_token_is_answered_with_a_challenge()
    {
        await using var dataverse = await FakeDataverse.StartAsync(requireToken: true);
        using var answer = await _calls.Http.GetAsync(dataverse.Url, Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.StartsWith("Bearer authorization_uri=", answer.Headers.NonValidated["WWW-Authenticate"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_is_refused()
    {
        await using var dataverse = await FakeDataverse.StartAsync(requireToken: true);
        using var calls = new DataverseCalls(dataverse);
        dataverse.AcceptToken("one");
        dataverse.AcceptToken("two");
        dataverse.RevokeToken("one");

        Assert.Equal(HttpStatusCode.Unauthorized, await calls.WhoAmIAsync("one"));
        Assert.Equal(HttpStatusCode.OK, await calls.WhoAmIAsync("two"));
        dataverse.RevokeAllTokens();
        Assert.Equal(HttpStatusCode.Unauthorized, await calls.WhoAmIAsync("two"));
    }

    [Fact]
    public async Task The_same_key_again_is_refused_and_leaves_the_row_alone()
    {
        var id = Guid.NewGuid();
        await _calls.CreateAsync($$"""{"leadid":"{{id}}","subject":"first","lastname":"Doe"}""");

        var (status, code, message) = await _calls.CreateAsync($$"""{"leadid":"{{id}}","subject":"second","lastname":"Doe"}""");

        Assert.Equal((HttpStatusCode.PreconditionFailed, "0x80040237", "A record with matching key values already exists."), (status, code, message));
        Assert.Equal("first", Assert.Single(_dataverse.Rows).Value["subject"]!.GetValue<string>());
    }

    [Fact]
    public async Task Of_many_at_once_with_one_key_exactly_one_makes_the_row()
    {
        var body = $$"""{"leadid":"{{Guid.NewGuid()}}","subject":"Offer","lastname":"Doe"}""";

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _calls.CreateAsync(body)));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.NoContent);
        Assert.Equal(19, answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task An_upsert_creates_and_then_merges()
    {
        var id = Guid.NewGuid();

        Assert.Equal(HttpStatusCode.NoContent, (await _calls.PatchAsync(id, """{"subject":"first","lastname":"Doe"}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await _calls.PatchAsync(id, """{"subject":"second"}""")).Status);

        Assert.Equal(("second", "Doe"), (_dataverse.Rows[id]["subject"]!.GetValue<string>(), _dataverse.Rows[id]["lastname"]!.GetValue<string>()));
    }

    [Fact]
    public async Task With_If_None_Match_an_upsert_only_creates()
    {
        var id = Guid.NewGuid();

        Assert.Equal(HttpStatusCode.NoContent, (await _calls.PatchAsync(id, """{"subject":"first"}""", "If-None-Match")).Status);
        Assert.Equal((HttpStatusCode.PreconditionFailed, "0x80040237"), await _calls.PatchAsync(id, """{"subject":"second"}""", "If-None-Match"));
        Assert.Equal("first", _dataverse.Rows[id]["subject"]!.GetValue<string>());
    }

    [Fact]
    public async Task With_If_Match_an_upsert_only_updates()
    {
        var id = Guid.NewGuid();

        Assert.Equal((HttpStatusCode.NotFound, "0x80040217"), await _calls.PatchAsync(id, """{"subject":"first"}""", "If-Match"));
        await _calls.PatchAsync(id, """{"subject":"first"}""");
        Assert.Equal(HttpStatusCode.NoContent, (await _calls.PatchAsync(id, """{"subject":"second"}""", "If-Match")).Status);
    }

    [Fact]
    public async Task A_row_can_be_read()
    {
        var id = Guid.NewGuid();
        await _calls.PatchAsync(id, """{"subject":"Offer"}""");

        var (status, body) = await _calls.SendAsync(_calls.Request(HttpMethod.Get, $"leads({id})?$select=subject"));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Offer", body!["subject"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await _calls.SendAsync(_calls.Request(HttpMethod.Get, $"leads({Guid.NewGuid()})"))).Status);
    }

    [Fact]
    public async Task Another_table_is_not_found()
    {
        var (status, body) = await _calls.SendAsync(_calls.Request(HttpMethod.Post, "Leads", "{}"));

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("0x80060888", body!["error"]!["code"]!.GetValue<string>());
        Assert.Equal("Resource not found for the segment 'Leads'.", body["error"]!["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("DELETE", "leads", 405)]
    [InlineData("DELETE", "leads(0190d4e2-7b1e-7c7e-9f5a-3d2b1c0a9e8f)", 405)]
    [InlineData("POST", "WhoAmI", 404)]
    [InlineData("GET", "leads(1)", 404)]
    [InlineData("GET", "../v9.1/WhoAmI", 404)]
    public async Task Another_method_or_address_is_refused(string method, string resource, int status)
    {
        using var answer = await _calls.Http.SendAsync(_calls.Request(new HttpMethod(method), resource, method == "GET" ? null : "{}"), Token);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task The_key_of_the_body_must_be_that_of_the_address() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _calls.PatchAsync(Guid.NewGuid(), $$"""{"leadid":"{{Guid.NewGuid()}}"}""")).Status);

    [Fact]
    public async Task The_documented_failures_have_their_status_code_and_headers()
    {
        _dataverse.FailNext(
            DataverseFaults.ServiceProtection(DataverseFaults.TooManyAtOnce, 17),
            DataverseFaults.DuplicateDetected(),
            DataverseFaults.NoApplicationUser(),
            DataverseFaults.MissingPrivilege(),
            DataverseFaults.AlreadyThere(code: ""));

        using var throttled = await _calls.Http.SendAsync(_calls.Request(HttpMethod.Post, "leads", "{}"), Token);
        Assert.Equal(HttpStatusCode.TooManyRequests, throttled.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(17), throttled.Headers.RetryAfter?.Delta);
        Assert.Contains("0x80072326", await throttled.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        foreach (var expected in new[] { (500, "0x80040333"), (403, "0x80072560"), (403, "0x80040220"), (412, "") })
        {
            var (status, code, _) = await _calls.CreateAsync("{}");
            Assert.Equal(expected, ((int)status, code));
        }

        Assert.Empty(_dataverse.Rows);
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_row_behind()
    {
        _dataverse.FailNext(Fault.ResetAfterHandling);

        await Assert.ThrowsAsync<HttpRequestException>(() => _calls.CreateAsync("""{"subject":"Offer","lastname":"Doe"}"""));

        Assert.Single(_dataverse.Rows);
    }
}

using System.Net;
using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Store;

namespace LeadFunctions.Tests.Runs.SignIn;

public sealed class PageAccessTests
{
    private const string Key = "a-key-for-the-run-history";

    private static readonly (string, string)[] WithKey = [("Runs:Keys:anna", Key)];

    [Fact]
    public async Task A_page_may_load_nothing_but_its_own_files_and_is_kept_nowhere()
    {
        await using var app = await LeadApp.StartAsync();
        using var caller = new PageCaller(app);
        using var response = await caller.GetAsync();

        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            Header(response, "Content-Security-Policy"));
        Assert.Equal(("nosniff", "same-origin", "no-store"), (Header(response, "X-Content-Type-Options"), Header(response, "Referrer-Policy"), Header(response, "Cache-Control")));
        Assert.Equal("Accept, Cookie", Header(response, "Vary"));
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "", "text/html")]
    [InlineData("application/json", "", "application/json")]
    [InlineData("*/*", "", "application/json")]
    [InlineData("application/json,text/html;q=0.5", "", "application/json")]
    [InlineData("text/html", "?format=csv", "text/csv")]
    [InlineData("text/html", "?format=json", "application/json")]
    public async Task What_is_asked_for_decides_what_is_answered(string accept, string query, string expected)
    {
        await using var app = await LeadApp.StartAsync();
        using var caller = new PageCaller(app);

        using var response = await caller.GetAsync($"/api/runs{query}", ("Accept", accept));

        Assert.Equal(expected, response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_pages_files_are_kept_for_good_under_their_hash()
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);
        using var page = await caller.GetAsync();
        var address = System.Text.RegularExpressions.Regex.Match(await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), "href=\"([^\"]+page.css[^\"]+)\"").Groups[1].Value;

        using var file = await caller.GetAsync(address);
        using var again = await caller.GetAsync(address, ("If-None-Match", Header(file, "ETag")));
        using var other = await caller.GetAsync("/api/runs/files/page.css?v=older");

        Assert.Equal(("text/css", "public, max-age=31536000, immutable"), (file.Content.Headers.ContentType?.MediaType, Header(file, "Cache-Control")));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal("no-cache", Header(other, "Cache-Control"));
    }

    [Fact]
    public async Task A_session_reads_every_form_of_the_list_and_acts_by_no_other_way_than_forms()
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);
        using var signedIn = await caller.SignInAsync(Key);
        Assert.Equal((HttpStatusCode.SeeOther, "/api/runs"), (signedIn.StatusCode, signedIn.Headers.Location?.OriginalString));

        using var csv = await caller.GetAsync("/api/runs?format=csv");
        using var json = await caller.GetAsync("/api/runs", ("Accept", "application/json"));
        using var act = await caller.PostAsync("/api/runs/resubmit", []);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (csv.StatusCode, json.StatusCode, act.StatusCode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_form_without_its_token_does_nothing(bool keys)
    {
        await using var app = await LeadApp.StartAsync(keys ? WithKey : []);
        var lead = await DeadLetterAsync(app);
        using var caller = new PageCaller(app);
        using var other = new PageCaller(app);
        using var signIn = await caller.SignInAsync(Key);
        using var otherSignIn = await other.SignInAsync(Key);
        var token = await caller.TokenAsync($"/api/runs/{lead}");
        var othersToken = await other.TokenAsync($"/api/runs/{lead}");
        (string, string)[] fields = [("lead", lead.ToString()), ("destination", "erp"), ("reason", "x")];

        foreach (var wrong in new[] { null, "", "x", othersToken, token[..^1] })
        {
            using var response = await caller.PostAsync("/api/runs/acts/discard", wrong is null ? fields : [.. fields, ("token", wrong)]);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        using var crossSite = await caller.PostAsync("/api/runs/acts/discard", [.. fields, ("token", token)], ("Sec-Fetch-Site", "cross-site"));
        using var otherOrigin = await caller.PostAsync("/api/runs/acts/discard", [.. fields, ("token", token)], ("Origin", "https://elsewhere.example"));
        Assert.Equal(HttpStatusCode.Forbidden, otherOrigin.StatusCode);
        using var withoutCookie = await new PageCaller(app).PostAsync("/api/runs/acts/discard", [.. fields, ("token", token)]);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (crossSite.StatusCode, withoutCookie.StatusCode));
        Assert.Equal(1, (await app.Store.CheckAsync(DateTimeOffset.UtcNow)).DeadLetters);

        using var right = await caller.PostAsync("/api/runs/acts/discard", [.. fields, ("token", token)]);
        Assert.Equal((HttpStatusCode.SeeOther, $"/api/runs/{lead}?done=discarded-1"), (right.StatusCode, right.Headers.Location?.OriginalString));
        Assert.Equal(keys ? "anna" : "open", Assert.Single((await app.Store.FindRunAsync(lead))!.Acts).By);
    }

    [Fact]
    public async Task A_sign_in_is_taken_from_our_own_page_behind_a_proxy_that_ends_tls_and_from_no_other_site()
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);

        using var own = await caller.SignInAsync(Key, ("Host", "leads.contoso.com"), ("Origin", "https://leads.contoso.com"));
        using var other = await caller.SignInAsync(Key, ("Host", "leads.contoso.com"), ("Origin", "https://elsewhere.example"), ("X-Forwarded-Host", "elsewhere.example"));

        Assert.Equal((HttpStatusCode.SeeOther, HttpStatusCode.Forbidden), (own.StatusCode, other.StatusCode));
    }

    [Fact]
    public async Task A_dead_letter_is_not_discarded_without_a_reason()
    {
        await using var app = await LeadApp.StartAsync();
        var lead = await DeadLetterAsync(app);
        using var caller = new PageCaller(app);
        var token = await caller.TokenAsync($"/api/runs/{lead}");

        foreach (var reason in new[] { "", "  ", new string('x', 1001) })
        {
            using var response = await caller.PostAsync("/api/runs/acts/discard", [("token", token), ("lead", lead.ToString()), ("destination", "erp"), ("reason", reason)]);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        using var unknown = await caller.PostAsync("/api/runs/acts/discard", [("token", token), ("lead", Guid.NewGuid().ToString()), ("reason", "x")]);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_session_ends_with_its_key_and_after_half_a_day()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        string token;
        await using (var app = await LeadApp.StartAsync(WithKey, time, folder))
        {
            using var caller = new PageCaller(app);
            using var signedIn = await caller.SignInAsync(Key);
            token = Header(signedIn, "Set-Cookie").Split(';')[0];
            time.Advance(TimeSpan.FromHours(11.9));
            Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync()).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, await AskAsync([("Runs:Keys:ben", "another-key-for-the-history"), .. WithKey]));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync([("Runs:Keys:anna", "a-new-key-for-the-same-person")]));
        time.Advance(TimeSpan.FromHours(0.2));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(WithKey));

        async Task<HttpStatusCode> AskAsync((string, string)[] settings)
        {
            await using var app = await LeadApp.StartAsync(settings, time, folder);
            using var caller = new PageCaller(app);
            using var response = await caller.GetAsync("/api/runs", ("Cookie", token));
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("https", true)]
    [InlineData("https,http", true)]
    [InlineData("http", false)]
    public async Task The_cookie_is_for_tls_alone_when_it_was_set_over_tls(string protocol, bool secure)
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);

        using var response = await caller.SignInAsync(Key, ("X-Forwarded-Proto", protocol));

        var cookie = Header(response, "Set-Cookie");
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/api/runs", cookie, StringComparison.Ordinal);
        Assert.Equal(secure, cookie.Contains("; secure", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/api/runs.elsewhere.example/")]
    [InlineData("/api/leads")]
    [InlineData("/api/runs/\r\nX: y")]
    public async Task Signing_in_leads_nowhere_but_into_the_run_history(string address)
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);

        using var response = await caller.PostAsync("/api/runs/sign-in", [("key", Key), ("return", address)]);

        Assert.Equal("/api/runs", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Wrong_keys_lock_an_address_out_by_whatever_way_they_come_but_nobody_who_is_signed_in()
    {
        var time = new ManualTime();
        await using var app = await LeadApp.StartAsync(WithKey, time);
        using var signedIn = new PageCaller(app);
        using var _ = await signedIn.SignInAsync(Key);
        using var caller = new PageCaller(app);
        for (var number = 0; number < 5; number++)
        {
            using var response = number % 2 == 0 ? await caller.SignInAsync($"a-guess-{number}") : await caller.GetAsync("/api/runs", ("x-functions-key", $"a-guess-{number}"), ("Accept", "application/json"));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        using var byForm = await caller.SignInAsync(Key);
        using var byHeader = await caller.GetAsync("/api/runs", ("x-functions-key", Key), ("Accept", "application/json"));
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (byForm.StatusCode, byHeader.StatusCode));
        Assert.Equal(("60", "60"), (Header(byForm, "Retry-After"), Header(byHeader, "Retry-After")));
        Assert.Contains("Too many wrong keys", await byForm.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await signedIn.GetAsync()).StatusCode);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.SeeOther, (await caller.SignInAsync(Key)).StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_no_form_of_ours_is_a_problem_for_its_sender_alone()
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);
        (string, string)[] many = [.. Enumerable.Range(0, 100).Select(number => ($"f{number}", "x"))];

        Assert.Equal(HttpStatusCode.BadRequest, (await caller.PostAsync("/api/runs/sign-in", many)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await caller.PostAsync("/api/runs/sign-in", [("key", new string('k', 100_000))])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync("{}", path: "/api/runs/sign-in")).StatusCode);
    }

    [Fact]
    public async Task A_store_that_is_away_is_said_to_be_in_words_for_people()
    {
        await using var app = await LeadApp.StartAsync();
        using var caller = new PageCaller(app);
        File.Delete(app.Folder.File("leads.db"));

        using var response = await caller.GetAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains("No lead is lost by it", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<LeadId> DeadLetterAsync(LeadApp app)
    {
        var lead = await app.Store.KeepAsync(DateTimeOffset.UtcNow, "erp");
        await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(DateTimeOffset.UtcNow, "erp"), DateTimeOffset.UtcNow);
        return lead.Id;
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(", ", response.Headers.GetValues(name));
}

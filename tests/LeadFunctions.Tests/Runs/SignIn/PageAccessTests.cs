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
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'",
            Header(response, "Content-Security-Policy"));
        Assert.Equal(
            ("nosniff", "same-origin", "no-store"),
            (Header(response, "X-Content-Type-Options"), Header(response, "Referrer-Policy"), Header(response, "Cache-Control")));
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
        var address = System
            .Text.RegularExpressions.Regex.Match(
                await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
                "href=\"([^\"]+page.css[^\"]+)\"")
            .Groups[1]
            .Value;

        using var file = await caller.GetAsync(address);
        using var again = await caller.GetAsync(address, ("If-None-Match", Header(file, "ETag")));
        using var other = await caller.GetAsync("/api/runs/files/page.css?v=older");

        Assert.Equal(
            ("text/css", "public, max-age=31536000, immutable"),
            (file.Content.Headers.ContentType?.MediaType, Header(file, "Cache-Control")));
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

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized),
            (csv.StatusCode, json.StatusCode, act.StatusCode));
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

        using var crossSite = await caller.PostAsync(
            "/api/runs/acts/discard",
            [.. fields, ("token", token)],
            ("Sec-Fetch-Site", "cross-site"));
        using var otherOrigin = await caller.PostAsync(
            "/api/runs/acts/discard",
            [.. fields, ("token", token)],
            ("Origin", "https://elsewhere.example")
        );
        Assert.Equal(HttpStatusCode.Forbidden, otherOrigin.StatusCode);
        using var withoutCookie = await new PageCaller(app).PostAsync("/api/runs/acts/discard", [.. fields, ("token", token)]);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (crossSite.StatusCode, withoutCookie.StatusCode));
        Assert.Equal(1, (await app.Store.CheckAsync(DateTimeOffset.UtcNow)).DeadLetters);

        using var right = await caller.PostAsync("/api/runs/acts/discard", [.. fields, ("token", token)]);
        Assert.Equal(
            (HttpStatusCode.SeeOther, $"/api/runs/{lead}?done=discarded-1"),
            (right.StatusCode, right.Headers.Location?.OriginalString));
        Assert.Equal(keys ? "anna" : "local", Assert.Single((await app.Store.FindRunAsync(lead))!.Audit).By);
    }

    [Fact]
    public async Task A_sign_in_is_taken_from_our_own_page_behind_a_proxy_that_ends_tls_and_from_no_other_site()
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);

        using var own = await caller.SignInAsync(Key, ("Host", "leads.contoso.com"), ("Origin", "https://leads.contoso.com"));
        using var other = await caller.SignInAsync(
            Key,
            ("Host", "leads.contoso.com"),
            ("Origin", "https://elsewhere.example"),
            ("X-Forwarded-Host", "elsewhere.example"));

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
            using var response = await caller.PostAsync(
                "/api/runs/acts/discard",
                [("token", token), ("lead", lead.ToString()), ("destination", "erp"), ("reason", reason)]);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        using var unknown = await caller.PostAsync(
            "/api/runs/acts/discard",
            [("token", token), ("lead", Guid.NewGuid().ToString()), ("reason", "x")]);
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
    public async Task The_cookie_is_for_tls_and_this_very_host_alone_when_it_was_set_over_tls(string protocol, bool secure)
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);

        using var response = await caller.SignInAsync(Key, ("X-Forwarded-Proto", protocol));

        var cookie = Header(response, "Set-Cookie");
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Equal(secure, cookie.Contains("; secure", StringComparison.Ordinal));
        Assert.Equal(secure, cookie.StartsWith("__Host-leadfunctions_runs=", StringComparison.Ordinal));
        Assert.Contains(secure ? "; path=/;" : "; path=/api/runs;", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Over_tls_a_cookie_that_another_name_of_the_domain_may_have_set_is_not_taken()
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);
        using var signedIn = await caller.SignInAsync(Key);
        var token = Header(signedIn, "Set-Cookie").Split(';')[0];

        using var plain = await new PageCaller(app).GetAsync("/api/runs", ("Cookie", token));
        using var overTls = await new PageCaller(app).GetAsync("/api/runs", ("Cookie", token), ("X-Forwarded-Proto", "https"));
        using var own = await new PageCaller(app).GetAsync("/api/runs", ("Cookie", $"__Host-{token}"), ("X-Forwarded-Proto", "https"));

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.OK),
            (plain.StatusCode, overTls.StatusCode, own.StatusCode));
    }

    [Fact]
    public async Task A_session_that_was_signed_out_is_over_wherever_its_token_is_kept_and_after_a_start_too()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        string token;
        await using (var app = await LeadApp.StartAsync(WithKey, time, folder))
        {
            using var caller = new PageCaller(app);
            using var other = new PageCaller(app);
            using var signedIn = await caller.SignInAsync(Key);
            using var otherSignedIn = await other.SignInAsync(Key);
            token = Header(signedIn, "Set-Cookie").Split(';')[0];
            var form = await caller.TokenAsync("/api/runs");

            using var signedOut = await caller.PostAsync("/api/runs/sign-out", [("token", form)]);
            using var stolen = await new PageCaller(app).GetAsync("/api/runs", ("Cookie", token));
            using var act = await new PageCaller(app).PostAsync(
                "/api/runs/acts/erase-count",
                [("token", form), ("email", "a@contoso.com")],
                ("Cookie", token));

            Assert.Equal(
                (HttpStatusCode.SeeOther, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden),
                (signedOut.StatusCode, stolen.StatusCode, act.StatusCode));
            Assert.Equal(HttpStatusCode.OK, (await other.GetAsync()).StatusCode);
        }

        await using (var app = await LeadApp.StartAsync(WithKey, time, folder))
        {
            using var stolen = await new PageCaller(app).GetAsync("/api/runs", ("Cookie", token));
            Assert.Equal(HttpStatusCode.Unauthorized, stolen.StatusCode);
            var note = Assert.Single(await app.Store.FindValuesAsync("signed-out"));
            Assert.DoesNotContain(note.Key, token, StringComparison.Ordinal);

            time.Advance(TimeSpan.FromHours(13));
            using var later = new PageCaller(app);
            using var signedIn = await later.SignInAsync(Key);
            using var signedOut = await later.PostAsync("/api/runs/sign-out", [("token", await later.TokenAsync("/api/runs"))]);
            Assert.NotEqual(note.Key, Assert.Single(await app.Store.FindValuesAsync("signed-out")).Key);
        }
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
    public async Task Wrong_keys_make_a_guesser_wait_by_whatever_way_they_come_and_nobody_who_has_a_right_one()
    {
        var time = new ManualTime();
        await using var app = await LeadApp.StartAsync(WithKey, time);
        using var signedIn = new PageCaller(app);
        using var _ = await signedIn.SignInAsync(Key);
        using var caller = new PageCaller(app);
        for (var number = 0; number < 5; number++)
        {
            using var response =
                number % 2 == 0
                    ? await caller.SignInAsync($"a-guess-{number}")
                    : await caller.GetAsync("/api/runs", ("x-functions-key", $"a-guess-{number}"), ("Accept", "application/json"));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        using var byForm = await time.LateAsync(caller.SignInAsync("another-guess"));
        using var byHeader = await time.LateAsync(
            caller.GetAsync("/api/runs", ("x-functions-key", "one-more-guess"), ("Accept", "application/json")));
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (byForm.StatusCode, byHeader.StatusCode));
        Assert.All([byForm, byHeader], answer => Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 60, 300));
        Assert.Contains(
            "too many wrong keys",
            await byForm.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await signedIn.GetAsync()).StatusCode);

        using var operatorsForm = await caller.SignInAsync(Key);
        using var operatorsHeader = await new PageCaller(app).GetAsync(
            "/api/runs",
            ("x-functions-key", Key),
            ("Accept", "application/json"));
        using var operatorsLink = await new PageCaller(app).GetAsync($"/api/runs?code={Key}");
        Assert.Equal(
            (HttpStatusCode.SeeOther, HttpStatusCode.OK, HttpStatusCode.SeeOther),
            (operatorsForm.StatusCode, operatorsHeader.StatusCode, operatorsLink.StatusCode));
    }

    [Theory]
    [InlineData("no-cors", "image")]
    [InlineData("cors", "empty")]
    [InlineData("navigate", "iframe")]
    public async Task What_another_sites_page_loads_counts_against_nobody_and_finds_no_key(string mode, string dest)
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);

        foreach (var key in (string[])[.. Enumerable.Range(0, 20).Select(number => $"a-guess-{number}"), Key])
        {
            using var response = await caller.GetAsync(
                $"/api/runs?code={key}",
                ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Mode", mode),
                ("Sec-Fetch-Dest", dest));
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        using var mistyped = await caller.SignInAsync("a-mistyped-key");
        Assert.Equal(HttpStatusCode.Unauthorized, mistyped.StatusCode);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_each_caller_is_counted_for_himself()
    {
        await using var app = await LeadApp.StartAsync([.. WithKey, ("Server:TrustedProxies", "127.0.0.1, 10.0.0.0/8")]);
        using var caller = new PageCaller(app);
        for (var number = 0; number < 5; number++)
        {
            using var guess = await caller.GetAsync(
                "/api/runs",
                ("x-functions-key", $"a-guess-{number}"),
                ("X-Forwarded-For", "198.51.100.1, 203.0.113.66"));
        }

        using var other = await caller.GetAsync(
            "/api/runs",
            ("x-functions-key", "mistyped"),
            ("X-Forwarded-For", "203.0.113.66, 198.51.100.1"));
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_no_form_of_ours_is_a_problem_for_its_sender_alone()
    {
        await using var app = await LeadApp.StartAsync(WithKey);
        using var caller = new PageCaller(app);
        (string, string)[] many = [.. Enumerable.Range(0, 100).Select(number => ($"f{number}", "x"))];

        Assert.Equal(HttpStatusCode.BadRequest, (await caller.PostAsync("/api/runs/sign-in", many)).StatusCode);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await caller.PostAsync("/api/runs/sign-in", [("key", new string('k', 100_000))])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync("{}", path: "/api/runs/sign-in")).StatusCode);
    }

    [Fact]
    public async Task A_store_that_is_away_is_said_to_be_in_words_for_people()
    {
        await using var app = await LeadApp.StartAsync();
        using var caller = new PageCaller(app);
        File.Delete(app.Folder.File("leads.db"));

        using var response = await caller.GetAsync();

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "text/html"),
            (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains(
            "No lead is lost by it",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    private static async Task<LeadId> DeadLetterAsync(LeadApp app)
    {
        var lead = await app.Store.KeepAsync(DateTimeOffset.UtcNow, "erp");
        await app.Store.DeadLetterAsync(await app.Store.TakeOneAsync(DateTimeOffset.UtcNow, "erp"), DateTimeOffset.UtcNow);
        return lead.Id;
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(", ", response.Headers.GetValues(name));
}

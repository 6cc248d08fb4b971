using LeadFunctions.Leads;
using LeadFunctions.Tests.Infrastructure;
using LeadFunctions.Tests.Remote;

namespace LeadFunctions.Tests.Destinations.Webhook;

/// <summary>What people may read of a request, searched for everything that must not be in it.</summary>
public sealed class WebhookPrivacyTests
{
    private static readonly string[] Keys =
        ["token-hush-hush", "password-hush", "client-secret-hush", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "api-key-hush", "path-hush-hush", "sig-hush-hush", "secret-value-hush", "account-hush"];

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Basic")]
    [InlineData("OAuth")]
    public async Task No_key_is_in_what_is_kept_of_a_request_or_in_an_error(string auth)
    {
        await using var server = await FakeHook.StartAsync(request =>
            request.Path == "/token" ? new Reply(200, """{"access_token":"got-hush-hush"}""") : new Reply(400, $"You sent {request.PathAndQuery} {string.Join(' ', request.Headers)} {request.Body}"));
        using var hook = new Hook(
            server,
            ("Url", new Uri(server.Url, "hooks/path-hush-hush?sig=sig-hush-hush&name=").ToString() + "{{UserDetails.LastName}}"),
            ("Auth", auth), ("Token", "token-hush-hush"), ("UserName", "user"), ("Password", "password-hush"),
            ("OAuth:TokenUrl", new Uri(server.Url, "token").ToString()), ("OAuth:ClientId", "client"), ("OAuth:ClientSecret", "client-secret-hush"), ("OAuth:Form:account_id", "account-hush"),
            ("SigningKeys", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), ("Headers:X-Api-Key", "api-key-hush"), ("Headers:Accept", "application/json"),
            ("Secrets:value", "secret-value-hush"), ("Form:key", "{{Secrets.value}}"), ("Form:name", "{{UserDetails.LastName}}"));
        var delivery = Hook.Delivery(Posted.Lead(("UserDetails.LastName", "Nachname")));

        var reject = Assert.IsType<DeliveryOutcome.Reject>(await hook.Destination.SendAsync(delivery, TestContext.Current.CancellationToken));

        Assert.Contains("secret-value-hush", server.Requests[^1].Body, StringComparison.Ordinal);
        var preview = hook.Destination.Preview(delivery);
        Assert.All([reject.Request!, preview, reject.Error], text => Assert.All(Keys, key => Assert.DoesNotContain(key, text, StringComparison.OrdinalIgnoreCase)));
        Assert.All([reject.Request!, preview], text => Assert.DoesNotContain("hush", text, StringComparison.OrdinalIgnoreCase));
        Assert.StartsWith($"POST {server.Url.GetLeftPart(UriPartial.Authority)}/…\nAuthorization: …\nX-Api-Key: …\nAccept: application/json\n", Ordered(preview), StringComparison.Ordinal);
        Assert.EndsWith("\n\nkey=…&name=Nachname", preview, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Form:key", "{{Secrets.value}}", "correct horse battery", "horse")]
    [InlineData("Json:key", "{{Secrets.value}}", "a-quo\"te-secret", "te-secret")]
    [InlineData("Json:key", "{{Secrets.value}}", @"a-back\slash-secret", "slash-secret")]
    [InlineData("Text", "key={{Secrets.value}}", "less<than&more-secret", "more-secret")]
    public async Task A_key_is_hidden_however_the_body_has_to_spell_it(string body, string template, string secret, string part)
    {
        await using var server = await FakeHook.StartAsync(request => new Reply(400, $"You sent {request.Body}"));
        using var hook = new Hook(server, (body, template), ("Secrets:value", secret));

        var reject = Assert.IsType<DeliveryOutcome.Reject>(await hook.SendAsync(Posted.Lead(Samples.Documented)));

        Assert.Contains(part, Assert.Single(server.Requests).Body, StringComparison.Ordinal);
        Assert.All([reject.Request!, reject.Error], text => Assert.DoesNotContain(part, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_part_of_a_key_is_left_where_a_body_is_cut()
    {
        const string Key = "0123456789abcdefghijklmnopqrstuv";
        await using var server = await FakeHook.StartAsync();
        using var hook = new Hook(server, ("Text", "{{Description}}{{Secrets.value}}"), ("Secrets:value", Key));

        for (var before = (16 * 1024) - Key.Length; before <= 16 * 1024; before++)
        {
            var preview = hook.Destination.Preview(Hook.Delivery(Posted.Lead(("Description", new string('x', before)))));
            Assert.DoesNotContain(Key[..6], preview, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("&amp;")]
    public async Task No_part_of_a_key_is_left_where_a_page_is_cut(string filling)
    {
        const string Key = "0123456789abcdefghijklmnopqrstuv";
        for (var before = 200; before <= 310; before++)
        {
            var text = filling.Length == 0 ? new string('x', before) : string.Concat(Enumerable.Repeat(filling, before));
            await using var server = await FakeHook.StartAsync(_ => new Reply(400, $"<html><body>{text}{Key} and more</body></html>", "text/html"));
            using var hook = new Hook(server, ("Auth", "Bearer"), ("Token", Key));

            var reject = Assert.IsType<DeliveryOutcome.Reject>(await hook.SendAsync(Posted.Lead(Samples.Documented)));

            Assert.DoesNotContain(Key[..6], reject.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Neither_a_token_that_was_got_nor_what_it_was_got_with_is_repeated()
    {
        await using var server = await FakeHook.StartAsync(request => new Reply(
            request.Path == "/token" && !request.Body.Contains("wrong", StringComparison.Ordinal) ? 200 : 400,
            request.Path == "/token" ? $$"""{"access_token":"got-hush-hush","you":"{{request.Header("Authorization")}}"}""" : $"Not you: {request.Header("Authorization")}"));
        (string, string)[] settings = [("Auth", "OAuth"), ("OAuth:TokenUrl", new Uri(server.Url, "token").ToString()), ("OAuth:ClientId", "client"), ("OAuth:ClientSecret", "client-secret-hush")];
        using var hook = new Hook(server, settings);
        using var without = new Hook(server, [.. settings, ("OAuth:Form:grant_type", "wrong")]);

        var refused = Assert.IsType<DeliveryOutcome.Reject>(await hook.SendAsync(Posted.Lead(Samples.Documented)));
        var noToken = Assert.IsType<DeliveryOutcome.Retry>(await without.SendAsync(Posted.Lead(Samples.Documented)));

        Assert.EndsWith("Not you: Bearer …", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Basic …", noToken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_is_shown_where_it_is_no_secret()
    {
        await using var server = await FakeHook.StartAsync();
        using var hook = new Hook(server, ("ShowUrl", "true"), ("Json:name", "{{UserDetails.LastName}}"));

        var delivered = Assert.IsType<DeliveryOutcome.Delivered>(await hook.SendAsync(Posted.Lead(("UserDetails.LastName", "Zoë"))));

        Assert.Equal($$"""
            POST {{new Uri(server.Url, "leads")}}
            Content-Type: application/json; charset=utf-8

            {"name":"Zoë"}
            """, delivered.Request);
    }

    [Fact]
    public async Task A_long_body_is_shown_in_part()
    {
        await using var server = await FakeHook.StartAsync();
        using var hook = new Hook(server, ("Text", "{{Description}}"));

        var delivered = Assert.IsType<DeliveryOutcome.Delivered>(await hook.SendAsync(Posted.Lead(("Description", new string('x', 100_000)))));

        Assert.InRange(delivered.Request!.Length, 16_000, 17_000);
        Assert.EndsWith("…", delivered.Request, StringComparison.Ordinal);
        Assert.Equal(100_000, Assert.Single(server.Requests).Content.Length);
    }

    // Settings have no order of their own.
    private static string Ordered(string preview) => preview.Replace("Accept: application/json\nX-Api-Key: …\n", "X-Api-Key: …\nAccept: application/json\n", StringComparison.Ordinal);
}

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
